#include "kernel/beneath.h"

#include <cerrno>

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::kernel {

Result<UniqueFd> open_beneath_if_exists(int directory,
                                        const std::string& path,
                                        int flags,
                                        mode_t mode) {
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
// Deeper trees than a path can name do not occur; the bound keeps the stack and fds finite.
constexpr int kMaxDepth = 2048;

Result<void> remove_at(int directory, const std::string& name, int depth);

// A directory its owner may not read or write into (0555, overlay's work/work of mode 0).
Result<UniqueFd> open_for_removal(int directory, const std::string& name) {
  Result<UniqueFd> fd = open_at(directory, name, kDirectory);
  if (fd || fd.error().errnum != EACCES) return fd;
  // Not a link: unlinkat said it is a directory, and only its owner could have changed that.
  if (fchmodat(directory, name.c_str(), 0700, 0) != 0) return fd;
  return open_at(directory, name, kDirectory);
}

Result<void> empty_directory(UniqueFd directory, int depth) {
  const int number = directory.get();
  DIR* stream = fdopendir(number);
  if (stream == nullptr) return fail_call(errno, "fdopendir()");
  static_cast<void>(directory.release());
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
    result = remove_at(number, std::string(name), depth);
    if (!result) break;
  }
  closedir(stream);
  return result;
}

Result<void> remove_at(int directory, const std::string& name, int depth) {
  if (unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  int error = errno;
  if (error == EACCES && fchmod(directory, 0700) == 0) {
    if (unlinkat(directory, name.c_str(), 0) == 0) return {};
    error = errno;
  }
  if (error != EISDIR && error != EPERM) {
    return fail_call(error, format("unlink({})", quoted(name)));
  }
  if (depth >= kMaxDepth) return fail(ErrorKind::Corrupt, "directories nested too deeply");
  TRY_STEP(empty_directory(TRY(open_for_removal(directory, name)), depth + 1), quoted(name));
  if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0) return {};
  return fail_call(errno, format("rmdir({})", quoted(name)));
}

}  // namespace

Result<void> remove_tree(int directory, const std::string& name) {
  return remove_at(directory, name, 0);
}

}  // namespace isle::kernel
