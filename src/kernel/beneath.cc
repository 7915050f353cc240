#include "kernel/beneath.h"

#include <cerrno>

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/rename_new.h"

namespace isle::kernel {

namespace {

// The kernel takes paths of less than PATH_MAX bytes; what is deeper is reached in hops.
constexpr std::size_t kHop = 2048;

Result<UniqueFd> open_short(int directory, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    const long fd = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (fd >= 0) return UniqueFd(static_cast<int>(fd));
    if (errno == ENOENT) return UniqueFd();
    // A rename somewhere on the way: the kernel asks to try again.
    if (errno == EAGAIN || errno == EINTR) continue;
    if (errno == ELOOP) {
      return fail_call(
          ELOOP, format("openat2({})", quoted(path)), "a symbolic link stands on the way");
    }
    return fail_call(errno, format("openat2({})", quoted(path)));
  }
}

}  // namespace

Result<UniqueFd> open_beneath_if_exists(int directory,
                                        const std::string& path,
                                        int flags,
                                        mode_t mode) {
  UniqueFd above;
  std::size_t begin = 0;
  while (path.size() - begin > kHop) {
    // A name is at most 255 bytes, so there is a slash.
    const std::size_t end = path.rfind('/', begin + kHop);
    if (end == std::string::npos || end <= begin) break;
    above = TRY(open_short(
        above ? above.get() : directory, path.substr(begin, end - begin), O_PATH | O_DIRECTORY, 0));
    if (!above) return UniqueFd();
    begin = path.find_first_not_of('/', end);
    if (begin == std::string::npos) begin = path.size();
  }
  if (!above) return open_short(directory, path, flags, mode);
  return open_short(above.get(), begin < path.size() ? path.substr(begin) : ".", flags, mode);
}

Result<UniqueFd> open_beneath(int directory, const std::string& path, int flags, mode_t mode) {
  UniqueFd fd = TRY(open_beneath_if_exists(directory, path, flags, mode));
  if (!fd) return fail_call(ENOENT, format("openat2({})", quoted(path)));
  return fd;
}

Result<UniqueFd> open_in_root(int directory, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    const long fd = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (fd >= 0) return UniqueFd(static_cast<int>(fd));
    if (errno != EAGAIN && errno != EINTR) {
      return fail_call(errno, format("openat2({})", quoted(path)));
    }
  }
}

namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
// A tree may be deeper than any path is long (mkdirat(2) by a descriptor knows no limit), and each
// level costs a descriptor: what lies deeper is moved up to the tree's top, and removed from there.
constexpr int kMaxDepth = 100;

// A directory its owner may not read or write into (0555, overlay's work/work of mode 0).
Result<UniqueFd> open_for_removal(int directory, const std::string& name) {
  Result<UniqueFd> fd = open_at(directory, name, kDirectory);
  if (fd || fd.error().errnum != EACCES) return fd;
  // Not a link: unlinkat said it is a directory, and only its owner could have changed that.
  if (fchmodat(directory, name.c_str(), 0700, 0) != 0) return fd;
  return open_at(directory, name, kDirectory);
}

class Removal {
 public:
  Result<void> remove(int directory, const std::string& name, int depth);

 private:
  int top_ = -1;
  unsigned moved_ = 0;

  Result<void> empty(UniqueFd directory, int depth);
  Result<void> remove_directory(int directory, const std::string& name, int depth);
  Result<void> move_up(int directory, const std::string& name);
};

Result<void> Removal::empty(UniqueFd directory, int depth) {
  const int number = directory.get();
  DIR* stream = fdopendir(number);
  if (stream == nullptr) return fail_call(errno, "fdopendir()");
  static_cast<void>(directory.release());
  if (depth == 0) top_ = number;
  Result<void> result;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(stream);
    if (entry == nullptr) {
      if (errno != 0) result = fail_call(errno, "readdir()");
      break;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    result = remove(number, std::string(name), depth + 1);
    if (!result) break;
  }
  closedir(stream);
  return result;
}

Result<void> Removal::move_up(int directory, const std::string& name) {
  // To be moved it has to be writable: its ".." changes.
  static_cast<void>(fchmodat(directory, name.c_str(), 0700, 0));
  for (;;) {
    const std::string place = format(".deep-{}", ++moved_);
    const Result<void> moved = rename_new(directory, name, top_, place);
    if (moved || moved.error().errnum != EEXIST) return moved;
  }
}

Result<void> Removal::remove_directory(int directory, const std::string& name, int depth) {
  for (;;) {
    const unsigned moved = moved_;
    TRY_STEP(empty(TRY(open_for_removal(directory, name)), depth), quoted(name));
    if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0) return {};
    // What was moved up meanwhile may have come too late to be seen.
    if (errno == ENOTEMPTY && depth == 0 && moved_ != moved) continue;
    return fail_call(errno, format("rmdir({})", quoted(name)));
  }
}

Result<void> Removal::remove(int directory, const std::string& name, int depth) {
  if (unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  int error = errno;
  if (error == EACCES && fchmod(directory, 0700) == 0) {
    if (unlinkat(directory, name.c_str(), 0) == 0) return {};
    error = errno;
  }
  if (error != EISDIR && error != EPERM) {
    return fail_call(error, format("unlink({})", quoted(name)));
  }
  if (depth > kMaxDepth) return move_up(directory, name);
  return remove_directory(directory, name, depth);
}

}  // namespace

Result<void> remove_tree(int directory, const std::string& name) {
  return Removal().remove(directory, name, 0);
}

}  // namespace isle::kernel
