#include "image/layer/chain_fix.h"

#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/member_path.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

using Found = LayerView::Found;
using Follow = LayerView::Follow;
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

Result<kernel::UniqueFd> open_own(int root, const std::string& path) {
  return kernel::open_beneath_if_exists(root, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
}

// Names of attributes, each with its NUL.
std::string attribute_names(int fd) {
  std::string names(64 << 10, '\0');
  const ssize_t size = flistxattr(fd, names.data(), names.size());
  names.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return names;
}

bool has_attributes(int fd) { return !attribute_names(fd).empty(); }

Result<void> copy_attributes(int from, int to) {
  for (const std::string_view name : split(attribute_names(from), '\0')) {
    if (name.empty()) continue;
    const std::string text(name);
    std::string value(64 << 10, '\0');
    const ssize_t size = fgetxattr(from, text.c_str(), value.data(), value.size());
    if (size < 0) continue;  // a label of the host, or one that is gone
    if (fsetxattr(to, text.c_str(), value.data(), static_cast<std::size_t>(size), 0) != 0 &&
        errno != ENOTSUP && errno != EPERM) {
      return fail_call(errno, format("setxattr({})", quoted(text)));
    }
  }
  return {};
}

Result<void> copy_look(int from, int to, Unpacker who) {
  struct stat look{};
  if (fstat(from, &look) != 0) return fail_call(errno, "stat(directory)");
  if (who == Unpacker::Root && fchown(to, look.st_uid, look.st_gid) != 0) {
    return fail_call(errno, "chown(directory)");
  }
  TRY(copy_attributes(from, to));
  if (fchmod(to, look.st_mode & 07777U) != 0) return fail_call(errno, "chmod(directory)");
  return {};
}

Result<void> link_file(int from, const std::string& name, int to, const std::string& as) {
  if (linkat(from, name.c_str(), to, as.c_str(), 0) == 0) return {};
  return fail_call(errno, format("link({}, {})", quoted(name), quoted(as)));
}

Result<std::vector<std::string>> names_in(int directory) {
  std::vector<std::string> names;
  kernel::UniqueFd again = TRY(kernel::open_at(directory, ".", kDirectory));
  DIR* stream = fdopendir(again.get());
  if (stream == nullptr) return fail_call(errno, "fdopendir(layer)");
  static_cast<void>(again.release());
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  closedir(stream);
  return names;
}

}  // namespace

ChainFix::ChainFix(LayerView lower, int own, const LayerNote& note)
    : lower_(std::move(lower)),
      own_(own),
      note_(note),
      implied_(note.implied.begin(), note.implied.end()) {}

// A directory the layer only uses looks as below; one it describes as it says.
Result<kernel::UniqueFd> ChainFix::look_of(const std::string& path) const {
  kernel::UniqueFd own = TRY(open_own(own_, path));
  if (own && !implied_.contains(path)) return own;
  Found found = TRY(lower_.find(path, Follow::Nothing));
  if (found.kind == Found::Kind::Directory && !found.parts.empty()) {
    return std::move(found.parts.front());
  }
  return own;
}

Result<bool> ChainFix::differs(const std::string& path) const {
  const kernel::UniqueFd right = TRY(look_of(path));
  const kernel::UniqueFd own = TRY(open_own(own_, path));
  if (!own || !right) return false;
  struct stat a{};
  struct stat b{};
  if (fstat(right.get(), &a) != 0 || fstat(own.get(), &b) != 0) return fail_call(errno, "stat()");
  if (a.st_ino == b.st_ino) return false;
  return a.st_mode != b.st_mode || a.st_uid != b.st_uid || a.st_gid != b.st_gid ||
         has_attributes(right.get());
}

// The lower layers have a link to a directory in its place.
Result<bool> ChainFix::is_moved(const std::string& path) const {
  if (path.empty()) return false;
  const Found found = TRY(lower_.find(path, Follow::Nothing));
  if (found.kind != Found::Kind::Link) return false;
  return TRY(lower_.find(path, Follow::All)).kind == Found::Kind::Directory;
}

Result<bool> ChainFix::is_needed() const {
  if (!note_.links.empty()) return true;
  for (const std::string& path : note_.implied) {
    if (TRY(is_moved(path)) || TRY(differs(path))) return true;
  }
  return false;
}

// With those above it, each looking as it should.
Result<kernel::UniqueFd> ChainFix::make_directory(const Target& target,
                                                  const std::string& path) const {
  kernel::UniqueFd fd = TRY(kernel::open_at(target.root, ".", kDirectory));
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    if (mkdirat(fd.get(), name.c_str(), 0755) == 0) {
      kernel::UniqueFd made = TRY(kernel::open_at(fd.get(), name, kDirectory));
      const kernel::UniqueFd look = TRY(look_of(path.substr(0, end)));
      if (look) TRY(copy_look(look.get(), made.get(), target.who));
      fd = std::move(made);
    } else if (errno == EEXIST) {
      fd = TRY(kernel::open_at(fd.get(), name, kDirectory));
    } else {
      return fail_call(errno, format("mkdir({})", quoted(path)));
    }
    begin = end + 1;
  }
  return fd;
}

Result<void> ChainFix::place_link(const Target& target, const LayerNote::Link& link) const {
  const Found found = TRY(lower_.find(link.target, Follow::Parents));
  if (found.kind != Found::Kind::Other && found.kind != Found::Kind::Link) {
    return fail(ErrorKind::Corrupt,
                format("layer: hard link to {}, which neither it nor a lower layer holds",
                       quoted(link.target)));
  }
  const MemberPath path = TRY(member_path(link.path));
  const kernel::UniqueFd parent = TRY(make_directory(target, path.parent));
  return link_file(found.parent.get(), found.name(), parent.get(), path.name);
}

// The files of the layer's directory `from` also stand in `to`, where the lower layers' link leads.
Result<void> ChainFix::move_tree(const Target& target,
                                 const std::string& from,
                                 const std::string& to) const {
  const kernel::UniqueFd source = TRY(open_own(own_, from));
  if (!source) return {};
  const kernel::UniqueFd place = TRY(make_directory(target, to));
  for (const std::string& name : TRY(names_in(source.get()))) {
    struct stat status{};
    if (fstatat(source.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return fail_call(errno, format("stat({})", quoted(name)));
    }
    if (!S_ISDIR(status.st_mode)) {
      TRY(link_file(source.get(), name, place.get(), name));
      continue;
    }
    const std::string below = format("{}/{}", from, name);
    const std::string there = format("{}/{}", to, name);
    const kernel::UniqueFd made = TRY(make_directory(target, there));
    if (!implied_.contains(below)) {
      TRY(copy_look(TRY(open_own(own_, below)).get(), made.get(), target.who));
    }
    TRY(move_tree(target, below, there));
  }
  return {};
}

Result<void> ChainFix::move(const Target& target, const std::string& path) const {
  const Found link = TRY(lower_.find(path, Follow::Nothing));
  const Found there = TRY(lower_.find(path, Follow::All));
  TRY(move_tree(target, path, there.path));
  const MemberPath place = TRY(member_path(path));
  const kernel::UniqueFd parent = TRY(make_directory(target, place.parent));
  return link_file(link.parent.get(), link.name(), parent.get(), place.name);
}

Result<void> ChainFix::build(int root, Unpacker who) const {
  const Target target{.root = root, .who = who};
  const kernel::UniqueFd look = TRY(look_of(""));
  if (look) TRY(copy_look(look.get(), root, who));
  std::string moved;  // what is below it has moved along
  for (const std::string& path : implied_) {
    if (!moved.empty() && path.starts_with(moved + "/")) continue;
    if (TRY(is_moved(path))) {
      TRY(move(target, path));
      moved = path;
    } else if (TRY(differs(path))) {
      TRY(make_directory(target, path));
    }
  }
  for (const LayerNote::Link& link : note_.links) TRY(place_link(target, link));
  return {};
}

}  // namespace isle::image
