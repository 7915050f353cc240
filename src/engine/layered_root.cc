#include "engine/layered_root.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "base/strings.h"

namespace isle::engine {
namespace {

using kernel::UniqueFd;
constexpr std::size_t kLimit = std::size_t{1} << 20;
constexpr int kMostLinks = 40;  // as the kernel's

// One directory of the merged tree: its parts, topmost first.
using Merged = std::vector<UniqueFd>;

struct Found {
  enum class Kind : unsigned char { Absent, Directory, File, Link } kind = Kind::Absent;
  Merged directory;
  UniqueFd file;
  std::string link;
};

bool is_opaque(int directory) {
  char value = 0;
  for (const char* name : {"trusted.overlay.opaque", "user.overlay.opaque"}) {
    if (fgetxattr(directory, name, &value, 1) == 1 && value == 'y') return true;
  }
  return false;
}

std::string read_link(int parent, const std::string& name) {
  char text[PATH_MAX];
  const ssize_t length = readlinkat(parent, name.c_str(), text, sizeof text);
  return length < 0 ? "" : std::string(text, static_cast<std::size_t>(length));
}

// Whether what lies in lower layers is still to be looked at.
bool take_part(int parent, const std::string& name, Found& found) {
  struct stat status{};
  if (fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return true;
  if (S_ISDIR(status.st_mode)) {
    auto part = kernel::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!part) return true;
    found.kind = Found::Kind::Directory;
    const bool opaque = is_opaque(part->get());
    found.directory.push_back(std::move(*part));
    return !opaque;
  }
  // Below a directory, or a whiteout (a character device 0:0): the end either way.
  if (found.kind != Found::Kind::Absent) return false;
  if (S_ISLNK(status.st_mode)) {
    found.kind = Found::Kind::Link;
    found.link = read_link(parent, name);
  } else if (S_ISREG(status.st_mode)) {
    auto file = kernel::open_at(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (file) {
      found.kind = Found::Kind::File;
      found.file = std::move(*file);
    }
  }
  return false;
}

Found look_up(const std::vector<const UniqueFd*>& parts, const std::string& name) {
  Found found;
  for (const UniqueFd* part : parts) {
    if (!take_part(part->get(), name, found)) break;
  }
  return found;
}

std::vector<const UniqueFd*> pointers(const std::vector<UniqueFd>& parts) {
  std::vector<const UniqueFd*> list;
  list.reserve(parts.size());
  for (const UniqueFd& part : parts) list.push_back(&part);
  return list;
}

// Names still to go, the next one last.
void push_names(std::vector<std::string>& names, std::string_view path) {
  const auto parts = split(path, '/');
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!part->empty() && *part != ".") names.emplace_back(*part);
  }
}

class Walk {
 public:
  explicit Walk(const std::vector<UniqueFd>& roots) : roots_(roots) {}

  UniqueFd open(const std::string& path) {
    push_names(names_, path);
    while (!names_.empty()) {
      const std::string name = std::move(names_.back());
      names_.pop_back();
      if (name == "..") {
        if (!stack_.empty()) stack_.pop_back();
        continue;
      }
      Found found = look_up(pointers(stack_.empty() ? roots_ : stack_.back()), name);
      if (found.kind == Found::Kind::File && names_.empty()) return std::move(found.file);
      if (!go_on(found)) break;
    }
    return {};
  }

 private:
  const std::vector<UniqueFd>& roots_;
  std::vector<Merged> stack_;  // directories from below the root to where we are
  std::vector<std::string> names_;
  int links_ = 0;

  bool go_on(Found& found) {
    if (found.kind == Found::Kind::Directory) {
      stack_.push_back(std::move(found.directory));
      return true;
    }
    if (found.kind != Found::Kind::Link || ++links_ > kMostLinks) return false;
    if (found.link.starts_with('/')) stack_.clear();
    push_names(names_, found.link);
    return true;
  }
};

}  // namespace

Result<LayeredRoot> LayeredRoot::open(const std::vector<HostPath>& layers) {
  LayeredRoot root;
  for (const HostPath& layer : layers) {
    root.roots_.push_back(TRY(kernel::open_file(layer, O_RDONLY | O_DIRECTORY)));
  }
  return root;
}

Result<std::optional<std::string>> LayeredRoot::read_file(const std::string& path) const {
  const UniqueFd file = Walk(roots_).open(path);
  if (!file) return std::nullopt;
  return TRY_STEP(kernel::read_all(file.get(), kLimit), format("read {}", path));
}

}  // namespace isle::engine
