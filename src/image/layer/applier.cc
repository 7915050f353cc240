// The walk: where each member goes and what must make room for it. Creating the kinds of files is
// in applier_files.cc, their owners, modes, times and attributes in applier_metadata.cc.
#include "image/layer/applier.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
constexpr int kBeneath = O_RDONLY | O_DIRECTORY;  // openat2 refuses every link, and says ELOOP
constexpr std::size_t kMostHeld = std::size_t{512} << 20;
constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kAufs = ".wh..wh.";  // aufs' own book-keeping, meant for nobody else

// The set-group-id bit would pass on its group.
std::uint32_t while_unpacking(std::uint32_t mode) { return (mode & 0777) | S_IRWXU; }

}  // namespace

Result<ApplyReport> LayerApplier::run(TarReader& archive) {
  implied_.insert("");
  for (;;) {
    std::optional<TarEntry> entry = TRY(archive.next());
    if (!entry) break;
    ++report_.members;
    TRY_STEP(apply(*entry, archive), format("unpack {}", quoted(entry->path)));
  }
  parent_fd_.reset();
  TRY(finish_directories());
  report_.implied.assign(implied_.begin(), implied_.end());
  for (const auto& [path, target] : links_)
    report_.links.push_back({.path = path, .target = target});
  return std::move(report_);
}

Result<void> LayerApplier::apply(TarEntry& entry, TarReader& archive) {
  if (plainly_ && !TRY(plainly_(entry))) {
    ++report_.left_out;
    return {};
  }
  const MemberPath path = TRY(member_path(entry.path));
  if (path.is_root()) {
    if (entry.type != TarType::Directory) {
      return fail(ErrorKind::Corrupt, "layer: the root is no directory");
    }
    implied_.erase("");
    directories_[""] = {.mode = entry.mode, .mtime = entry.mtime};
    birth_ = Birth::Unknown;
    return dress(root_.get(), entry, true);
  }
  if (plainly_) return create(entry, path, archive);
  if (path.name == kOpaque) return make_opaque(TRY(open_parent(path.parent)));
  if (path.name.starts_with(kAufs)) return {};
  if (path.name.starts_with(kWhiteout)) {
    return white_out(TRY(open_parent(path.parent)), path, path.name.substr(kWhiteout.size()));
  }
  if (entry.type == TarType::CharDevice || entry.type == TarType::BlockDevice) {
    if (who_ == Unpacker::User) {
      ++report_.devices_skipped;
      return {};
    }
  }
  return create(entry, path, archive);
}

Result<void> LayerApplier::create(const TarEntry& entry,
                                  const MemberPath& path,
                                  TarReader& archive) {
  const int parent = TRY(open_parent(path.parent));
  if (entry.type == TarType::Directory) return make_directory(parent, path, entry);
  // A link to itself would lose the file it means to keep.
  if (entry.type == TarType::HardLink && TRY(member_path(entry.target)).str() == path.str()) {
    return {};
  }
  links_.erase(path.str());
  // Most places are free. For these two the kernel says when one is not, and nobody looks before.
  if (entry.type == TarType::Regular) return make_file(parent, path, entry, archive);
  if (entry.type == TarType::Symlink) return make_symlink(parent, path, entry);
  TRY(clear_place(parent, path, false));
  switch (entry.type) {
    case TarType::HardLink: return make_hard_link(parent, path, entry);
    default: return make_node(parent, path.name, entry);
  }
}

// The fd belongs to the applier and is good until the next member.
Result<int> LayerApplier::open_parent(const std::string& path) {
  if (path.empty() && !parent_path_.empty()) {
    parent_path_.clear();
    parent_fd_.reset();
    birth_ = Birth::Unknown;
  }
  if (path.empty()) return root_.get();
  if (parent_fd_ && parent_path_ == path) return parent_fd_.get();
  // Archives go down the tree: from the last directory it is a short way to the next.
  const bool is_below = parent_fd_ && path.size() > parent_path_.size() &&
                        path.starts_with(parent_path_) && path[parent_path_.size()] == '/';
  const int from = is_below ? parent_fd_.get() : root_.get();
  const std::string rest = is_below ? path.substr(parent_path_.size() + 1) : path;
  kernel::UniqueFd fd = TRY(kernel::open_beneath_if_exists(from, rest, kBeneath));
  if (!fd) fd = TRY(make_parents(path));
  parent_fd_ = std::move(fd);
  parent_path_ = path;
  birth_ = Birth::Unknown;
  return parent_fd_.get();
}

// Directories the archive uses without describing them: 0755 for now; the chain's lower layers
// know better, so they are reported.
Result<kernel::UniqueFd> LayerApplier::make_parents(const std::string& path) {
  kernel::UniqueFd fd;
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string prefix = path.substr(0, end);
    const MemberPath part = TRY(member_path(prefix));
    const int above = fd ? fd.get() : root_.get();
    if (mkdirat(above, part.name.c_str(), 0755) == 0) {
      implied_.insert(prefix);
      TRY(hold_name(prefix));
      // A set-group-id directory above would pass on its group.
      if (who_ == Unpacker::Root &&
          fchownat(above, part.name.c_str(), 0, 0, AT_SYMLINK_NOFOLLOW) != 0) {
        return fail_call(errno, format("chown({})", quoted(prefix)));
      }
    } else if (errno != EEXIST) {
      return fail_call(errno, format("mkdir({})", quoted(prefix)));
    }
    fd = TRY(kernel::open_beneath(above, part.name, kBeneath));
  }
  return fd;
}

// A few bytes of an archive can name directories without end: one name of 64 KiB is 32,768 of them.
Result<void> LayerApplier::hold_name(const std::string& name) {
  held_ += name.size();
  if (held_ <= kMostHeld) return {};
  return fail(ErrorKind::Corrupt,
              format("layer: the names of its directories take more than {} MiB", kMostHeld >> 20));
}

Result<void> LayerApplier::check_exchange(const MemberPath& path,
                                          bool is_directory,
                                          bool for_directory) const {
  if (is_directory == for_directory) return {};
  return fail(ErrorKind::Conflict,
              is_directory
                  ? format("{} is a directory, and would become a file", quoted(path.str()))
                  : format("{} is a file, and would become a directory", quoted(path.str())),
              "remove it first, or name another place");
}

// Removes what stands where a member goes, but for a directory that stays a directory. True: the
// place was whited out.
Result<bool> LayerApplier::clear_place(int parent, const MemberPath& path, bool for_directory) {
  struct stat found{};
  if (fstatat(parent, path.name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    return fail_call(errno, format("stat({})", quoted(path.name)));
  }
  if (plainly_) TRY(check_exchange(path, S_ISDIR(found.st_mode), for_directory));
  if (!S_ISDIR(found.st_mode)) {
    if (unlinkat(parent, path.name.c_str(), 0) != 0) {
      return fail_call(errno, format("unlink({})", quoted(path.name)));
    }
    return S_ISCHR(found.st_mode) && found.st_rdev == 0;
  }
  if (for_directory) return false;
  TRY(kernel::remove_tree(parent, path.name));
  const std::string gone = path.str();
  const auto is_below = [&gone](std::string_view other) {
    return other == gone || (other.starts_with(gone) && other[gone.size()] == '/');
  };
  if (is_below(parent_path_)) parent_fd_.reset();
  std::erase_if(directories_, [&](const auto& item) { return is_below(item.first); });
  std::erase_if(implied_, is_below);
  std::erase_if(links_, [&](const auto& item) { return is_below(item.first); });
  return false;
}

Result<void> LayerApplier::make_directory(int parent,
                                          const MemberPath& path,
                                          const TarEntry& entry) {
  const std::uint32_t mode = while_unpacking(entry.mode);
  bool was_whited_out = false;
  bool made = mkdirat(parent, path.name.c_str(), mode) == 0;
  if (!made && errno == EEXIST) {
    was_whited_out = TRY(clear_place(parent, path, true));
    made = mkdirat(parent, path.name.c_str(), mode) == 0 || errno == EEXIST;
  }
  if (!made) return fail_call(errno, format("mkdir({})", quoted(path.name)));
  links_.erase(path.str());
  kernel::UniqueFd fd = TRY(kernel::open_at(parent, path.name, kDirectory));
  if (was_whited_out) TRY(make_opaque(fd.get()));
  std::string place = path.str();
  implied_.erase(place);
  TRY(hold_name(place));
  directories_[place] = {.mode = entry.mode, .mtime = entry.mtime};
  TRY(dress(fd.get(), entry, true));
  // What comes next is in it, as a rule.
  parent_fd_ = std::move(fd);
  parent_path_ = std::move(place);
  birth_ = Birth::Unknown;
  return {};
}

// "Whiteouts apply to lower layers": what this layer itself has already put there stays.
Result<void> LayerApplier::white_out(int parent, const MemberPath& path, std::string_view hidden) {
  const std::string name(hidden);
  if (name.empty() || name == "." || name == "..") {
    return fail(ErrorKind::Corrupt, format("layer: whiteout {} names no file", quoted(path.name)));
  }
  if (mknodat(parent, name.c_str(), S_IFCHR, 0) == 0) return {};
  if (errno != EEXIST) return fail_call(errno, format("mknod({}, c 0:0)", quoted(name)));
  struct stat found{};
  if (fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(found.st_mode)) {
    return {};
  }
  return make_opaque(TRY(kernel::open_at(parent, name, kDirectory)).get());
}

}  // namespace isle::image
