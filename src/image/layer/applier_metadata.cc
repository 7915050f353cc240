// Owners, modes, times and extended attributes. Order matters: chown clears setuid bits and file
// capabilities, chmod and writes change times.
#include <cerrno>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/applier.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

Result<void> check_owner(const TarEntry& entry) {
  constexpr auto kMost = std::numeric_limits<uid_t>::max() - 1;  // -1 means "leave it"
  if (entry.uid <= kMost && entry.gid <= kMost) return {};
  return fail(ErrorKind::Corrupt,
              format("layer: owner {}:{} is out of range", entry.uid, entry.gid));
}

// Attributes that have a meaning inside a container. overlay's own would forge whiteouts and
// redirections; labels are given by the host's policy.
bool is_wanted(std::string_view name, Unpacker who) {
  if (name.starts_with("user.")) return !name.starts_with("user.overlay.");
  if (who == Unpacker::User) return false;
  return name == "security.capability" || name == "system.posix_acl_access" ||
         name == "system.posix_acl_default";
}

struct Times {
  timespec both[2];
};

// Access time as modification time: what else could it be.
Times times_of(const timespec& mtime) { return {{mtime, mtime}}; }

}  // namespace

Result<void> LayerApplier::give_attributes(int fd, const TarEntry& entry) {
  for (const auto& [name, value] : entry.xattrs) {
    if (!is_wanted(name, who_)) {
      ++report_.attributes_skipped;
      continue;
    }
    if (fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) == 0) continue;
    // A file system without attributes is no reason to have no image.
    if (errno != ENOTSUP) return fail_call(errno, format("setxattr({})", quoted(name)));
    ++report_.attributes_skipped;
  }
  return {};
}

Result<void> LayerApplier::dress(int fd, const TarEntry& entry, bool directory) {
  TRY(check_owner(entry));
  if (who_ == Unpacker::Root) {
    if (fchown(fd, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid)) != 0) {
      return fail_call(errno, format("chown({}:{})", entry.uid, entry.gid));
    }
  } else if (entry.uid != 0 || entry.gid != 0) {
    ++report_.owners_lost;
  }
  TRY(give_attributes(fd, entry));
  if (directory) return {};  // finish_directories does the rest
  if (fchmod(fd, entry.mode) != 0) return fail_call(errno, format("chmod({:o})", entry.mode));
  return set_time(fd, entry);
}

Result<void> LayerApplier::set_time(int fd, const TarEntry& entry) {
  if (futimens(fd, times_of(entry.mtime).both) != 0) return fail_call(errno, "utimens()");
  return {};
}

// Links and nodes, which cannot be opened.
Result<void> LayerApplier::dress_name(int parent, const std::string& name, const TarEntry& entry) {
  TRY(check_owner(entry));
  report_.attributes_skipped += entry.xattrs.size();
  const bool is_roots = birth_ == Birth::AsAsked && entry.uid == 0 && entry.gid == 0;
  if (who_ == Unpacker::Root && !is_roots) {
    if (fchownat(parent,
                 name.c_str(),
                 static_cast<uid_t>(entry.uid),
                 static_cast<gid_t>(entry.gid),
                 AT_SYMLINK_NOFOLLOW) != 0) {
      return fail_call(errno, format("chown({}:{})", entry.uid, entry.gid));
    }
  } else if (entry.uid != 0 || entry.gid != 0) {
    ++report_.owners_lost;
  }
  if (utimensat(parent, name.c_str(), times_of(entry.mtime).both, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail_call(errno, format("utimens({})", quoted(name)));
  }
  return {};
}

Result<void> LayerApplier::make_opaque(int directory) {
  const char* name = who_ == Unpacker::Root ? "trusted.overlay.opaque" : "user.overlay.opaque";
  if (fsetxattr(directory, name, "y", 1, 0) == 0) return {};
  return fail_call(errno, format("setxattr({})", name), "cannot hide what lower layers hold");
}

// The directory `path`, from `at` if that is above it; empty: it is not there.
Result<kernel::UniqueFd> LayerApplier::open_near(int at,
                                                 std::string_view here,
                                                 const std::string& path) const {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY;
  if (at >= 0 && path.starts_with(here) && path[here.size()] == '/') {
    return kernel::open_beneath_if_exists(at, path.substr(here.size() + 1), kFlags);
  }
  return kernel::open_beneath_if_exists(root_.get(), path.empty() ? "." : path, kFlags);
}

// Deepest first: a directory that loses its owner's permissions takes its children along. From one
// to the next by "..", which is opened before the permissions go: from the root down each time,
// 10,000 directories one below the other would be 50 million steps.
Result<void> LayerApplier::finish_directories() {
  std::string here;
  kernel::UniqueFd at = TRY(kernel::duplicate(root_.get()));  // the directory `here`
  for (auto item = directories_.rbegin(); item != directories_.rend(); ++item) {
    const auto& [path, end] = *item;
    if (here != path) at = TRY(open_near(at.get(), here, path));
    here = path;
    if (!at) continue;
    kernel::UniqueFd above;
    if (!path.empty()) above = TRY(kernel::open_at(at.get(), "..", O_RDONLY | O_DIRECTORY));
    if (fchmod(at.get(), end.mode) != 0) return fail_call(errno, format("chmod({})", quoted(path)));
    if (futimens(at.get(), times_of(end.mtime).both) != 0) {
      return fail_call(errno, format("utimens({})", quoted(path)));
    }
    at = std::move(above);
    here.resize(path.contains('/') ? path.rfind('/') : 0);
  }
  return {};
}

}  // namespace isle::image
