#include "image/layer/pack.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/compare.h"

namespace isle::image {
namespace {

constexpr int kMaxDepth = 1000;  // names of directories in one path; PATH_MAX allows 2048
constexpr std::uint64_t kNobody = 65534;

// What means something inside; the counterpart of what unpacking takes.
bool is_packed(std::string_view name) {
  if (name.starts_with("user.")) return !name.starts_with("user.overlay.");
  return name == "security.capability" || name == "system.posix_acl_access" ||
         name == "system.posix_acl_default";
}

Result<void> check_overlay(std::string_view name, const std::string& path) {
  if (!name.ends_with(".overlay.redirect") && !name.ends_with(".overlay.metacopy")) return {};
  return fail(ErrorKind::Unsupported,
              format("{} has the attribute {}: it was renamed or copied in part by an overlay with "
                     "redirect_dir or metacopy",
                     quoted(path),
                     name));
}

Result<std::string> attribute(int fd, const std::string& name) {
  std::string value(256, '\0');
  for (;;) {
    const ssize_t size = fgetxattr(fd, name.c_str(), value.data(), value.size());
    if (size >= 0) {
      value.resize(static_cast<std::size_t>(size));
      return value;
    }
    if (errno != ERANGE || value.size() > XATTR_SIZE_MAX) {
      return fail_call(errno, format("getxattr({})", name));
    }
    value.resize(value.size() * 4);
  }
}

Result<void> take_attributes(int fd, TarEntry& entry) {
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t size = flistxattr(fd, names.data(), names.size());
  if (size < 0) {
    if (errno == ENOTSUP) return {};
    return fail_call(errno, format("listxattr({})", quoted(entry.path)));
  }
  std::string_view rest(names.data(), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const Cut name = cut(rest, '\0');
    rest = name.after;
    TRY(check_overlay(name.before, entry.path));
    if (!is_packed(name.before)) continue;
    std::string value = TRY(attribute(fd, std::string(name.before)));
    entry.xattrs.emplace_back(name.before, std::move(value));
  }
  std::ranges::sort(entry.xattrs);
  return {};
}

std::uint64_t inside(const IdRanges& ranges, std::uint32_t id) {
  if (ranges.empty()) return id;
  for (const IdRange& range : ranges) {
    if (id >= range.outside && id - range.outside < range.count) {
      return range.inside + (id - range.outside);
    }
  }
  return kNobody;
}

TarType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR: return TarType::Directory;
    case S_IFLNK: return TarType::Symlink;
    case S_IFCHR: return TarType::CharDevice;
    case S_IFBLK: return TarType::BlockDevice;
    case S_IFIFO: return TarType::Fifo;
    default: return TarType::Regular;
  }
}

// A file of nothing that only has a name.
TarEntry mark(std::string path) {
  TarEntry entry;
  entry.path = std::move(path);
  return entry;
}

}  // namespace

TarEntry Packer::entry_of(const std::string& path,
                          const struct stat& status,
                          std::size_t layer) const {
  TarEntry entry;
  entry.type = type_of(status.st_mode);
  entry.path = entry.type == TarType::Directory ? path + "/" : path;
  entry.mode = status.st_mode & 07777;
  if (!request_.to_root) {
    entry.uid = layer == 0 ? inside(request_.uids, status.st_uid) : status.st_uid;
    entry.gid = layer == 0 ? inside(request_.gids, status.st_gid) : status.st_gid;
  }
  entry.size = entry.type == TarType::Regular ? status.st_size : 0;
  entry.mtime = status.st_mtim;
  if (entry.type == TarType::CharDevice || entry.type == TarType::BlockDevice) {
    entry.major = major(status.st_rdev);
    entry.minor = minor(status.st_rdev);
  }
  return entry;
}

Result<void> Packer::compare_with_base() {
  for (Change& change : TRY(compare_trees(request_.base, request_.roots))) {
    const std::string path = change.path.substr(1);
    if (change.kind != Change::Kind::Deleted) {
      changed_.insert(path);
      continue;
    }
    const std::size_t name = path.rfind('/') + 1;  // 0 without a slash
    removed_[path.substr(0, name)].push_back(path.substr(name));
  }
  return {};
}

Result<PackReport> Packer::run() {
  if (!request_.base.empty()) TRY_STEP(compare_with_base(), "compare with the image");
  const MergedDirectory root = TRY(MergedDirectory::of_roots(request_.roots));
  TRY(request_.only.empty() ? pack_all(root) : pack_one(root));
  TRY(writer_.end());
  return report_;
}

Result<void> Packer::pack_all(const MergedDirectory& root) {
  const int top = root.parts().front().fd.get();
  struct stat status{};
  if (fstat(top, &status) != 0) return fail_call(errno, "stat(/)");
  // The root's own look belongs to it, but "./" is a name that some readers dislike in a layer that
  // changes nothing: docker leaves it out of layers, too.
  if (!request_.layer) {
    TarEntry entry = entry_of(request_.name.empty() ? "." : request_.name, status, 0);
    TRY(take_attributes(top, entry));
    TRY(writer_.add(entry));
    ++report_.members;
  }
  return directory(root, request_.name.empty() ? "" : request_.name + "/");
}

Result<void> Packer::pack_one(const MergedDirectory& root) {
  const auto found = TRY(root.find(request_.only));
  if (!found) return fail(ErrorKind::NotFound, format("there is no {}", quoted(request_.only)));
  const std::string& path = request_.name.empty() ? request_.only : request_.name;
  TRY_STEP(child(root, path, request_.only, *found), format("pack {}", quoted(path)));
  return {};
}

Result<void> Packer::directory(const MergedDirectory& directory, const std::string& path) {
  if (std::ranges::count(path, '/') > kMaxDepth) {
    return fail(ErrorKind::Unsupported, format("{} lies too deep", quoted(path)));
  }
  std::vector<std::string> hidden;
  const auto children = TRY(directory.children(&hidden));
  if (const auto gone = removed_.find(path); gone != removed_.end()) hidden = gone->second;
  if (request_.layer) TRY(whiteouts(directory, hidden, path));
  for (const auto& [name, found] : children) {
    if (!request_.base.empty() && !changed_.contains(path + name)) continue;
    TRY_STEP(child(directory, path + name, name, found), format("pack {}", quoted(path + name)));
  }
  return {};
}

Result<void> Packer::whiteouts(const MergedDirectory& directory,
                               const std::vector<std::string>& hidden,
                               const std::string& path) {
  const auto hides = [](const MergedDirectory::Part& part) { return is_opaque(part.fd.get()); };
  if (!path.empty() && std::ranges::any_of(directory.parts(), hides)) {
    TRY(writer_.add(mark(path + ".wh..wh..opq")));
    ++report_.members;
  }
  for (const std::string& name : hidden) TRY(writer_.add(mark(format("{}.wh.{}", path, name))));
  report_.members += hidden.size();
  return {};
}

Result<void> Packer::child(const MergedDirectory& parent,
                           const std::string& path,
                           const std::string& name,
                           const MergedDirectory::Child& child) {
  if (S_ISSOCK(child.status.st_mode)) {
    ++report_.sockets;
    return {};
  }
  if (TRY(is_bare_mount_point(parent, path, name, child))) return {};
  if (request_.layer && name.starts_with(".wh.")) {
    return fail(ErrorKind::Unsupported,
                "a layer cannot hold a file of that name, which stands for one that was removed",
                "rename it in the container");
  }
  const MergedDirectory::Part& part = parent.part(child);
  TarEntry entry = entry_of(path, child.status, part.layer);
  ++report_.members;
  if (entry.type == TarType::Directory) {
    const MergedDirectory below = TRY(parent.enter(name));
    if (below.empty()) return {};  // exchanged while we read
    TRY(take_attributes(below.parts().front().fd.get(), entry));
    TRY(writer_.add(entry));
    return directory(below, entry.path);
  }
  if (child.status.st_nlink > 1) {
    const auto [first, is_new] =
        linked_.try_emplace({child.status.st_dev, child.status.st_ino}, path);
    if (!is_new) {
      entry.type = TarType::HardLink;
      entry.target = first->second;
      entry.size = 0;
      return writer_.add(entry);
    }
  }
  if (entry.type != TarType::Regular) return node(part, name, std::move(entry));
  const kernel::UniqueFd fd =
      TRY(kernel::open_at(part.fd.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  return file(fd.get(), std::move(entry));
}

Result<bool> Packer::is_bare_mount_point(const MergedDirectory& parent,
                                         const std::string& path,
                                         const std::string& name,
                                         const MergedDirectory::Child& child) const {
  if (!request_.mount_points.contains(path)) return false;
  if (S_ISREG(child.status.st_mode)) return child.status.st_size == 0;
  if (!S_ISDIR(child.status.st_mode)) return false;
  return TRY(TRY(parent.enter(name)).children()).empty();
}

Result<void> Packer::node(const MergedDirectory::Part& part,
                          const std::string& name,
                          TarEntry entry) {
  if (entry.type == TarType::Symlink) {
    char text[PATH_MAX];
    const ssize_t size = readlinkat(part.fd.get(), name.c_str(), text, sizeof text);
    if (size < 0) return fail_call(errno, "readlink()");
    entry.target.assign(text, static_cast<std::size_t>(size));
  }
  return writer_.add(entry);
}

Result<void> Packer::file(int fd, TarEntry entry) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return fail_call(errno, "stat()");
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::Conflict, "it was exchanged meanwhile");
  entry.size = status.st_size;
  TRY(take_attributes(fd, entry));
  TRY(writer_.add(entry));
  std::int64_t left = entry.size;
  std::string piece(std::size_t{256} << 10, '\0');
  while (left > 0) {
    const ssize_t count =
        read(fd, piece.data(), std::min(piece.size(), static_cast<std::size_t>(left)));
    if (count < 0) return fail_call(errno, "read()");
    if (count == 0) {
      return fail(ErrorKind::Conflict,
                  "it became shorter while it was read",
                  "pause the container meanwhile");
    }
    TRY(writer_.data({piece.data(), static_cast<std::size_t>(count)}));
    left -= count;
  }
  return {};
}

}  // namespace isle::image
