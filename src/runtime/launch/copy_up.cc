// tmpcopyup: a tmpfs starts with what it hides. What is hidden is still seen through a copy of the
// root mount without the mounts on it (open_tree(2) without AT_RECURSIVE). Names are read relative
// to descriptors and links are never followed, for the image may hold anything.

#include <dirent.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include <linux/openat2.h>

#include "base/strings.h"
#include "kernel/kernel_abi.h"
#include "runtime/launch/stage.h"

namespace isle::runtime::launch {

namespace {

constexpr unsigned kMaxDepth = 1024;

Result<kernel::UniqueFd> open_in(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long fd = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  if (fd < 0) return fail_call(errno, format("openat2({})", path));
  return kernel::UniqueFd(static_cast<int>(fd));
}

Result<void> copy_xattrs(int from, int to) {
  char names[4096];
  const ssize_t length = flistxattr(from, names, sizeof names);
  for (ssize_t at = 0; at < length;) {
    const std::string name = names + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    char value[65536];
    const ssize_t size = fgetxattr(from, name.c_str(), value, sizeof value);
    // tmpfs takes few of them; what it refuses is no loss of content.
    if (size >= 0)
      static_cast<void>(fsetxattr(to, name.c_str(), value, static_cast<std::size_t>(size), 0));
  }
  return {};
}

Result<void> copy_attributes(int to, const char* name, const struct stat& info) {
  const timespec times[2] = {info.st_atim, info.st_mtim};
  if (fchownat(to, name, info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail_call(errno, format("fchownat({})", name));
  }
  if (!S_ISLNK(info.st_mode) && fchmodat(to, name, info.st_mode & 07777, 0) != 0) {
    return fail_call(errno, format("fchmodat({})", name));
  }
  utimensat(to, name, times, AT_SYMLINK_NOFOLLOW);
  return {};
}

Result<void> copy_file(int from, int to, const std::string& name) {
  const kernel::UniqueFd source = TRY(kernel::open_at(from, name, O_RDONLY | O_NOFOLLOW));
  const kernel::UniqueFd target =
      TRY(kernel::open_at(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  char buffer[65536];
  for (;;) {
    const ssize_t count = read(source.get(), buffer, sizeof buffer);
    if (count < 0) return fail_call(errno, format("read({})", name));
    if (count == 0) break;
    TRY(kernel::write_all(target.get(), {buffer, static_cast<std::size_t>(count)}));
  }
  return copy_xattrs(source.get(), target.get());
}

Result<void> copy_link(int from, int to, const std::string& name) {
  char target[4096];
  const ssize_t length = readlinkat(from, name.c_str(), target, sizeof target - 1);
  if (length < 0) return fail_call(errno, format("readlinkat({})", name));
  target[length] = '\0';
  if (symlinkat(target, to, name.c_str()) != 0)
    return fail_call(errno, format("symlinkat({})", name));
  return {};
}

Result<void> copy_tree(int from, int to, unsigned depth);

Result<void> copy_directory(int from, int to, const std::string& name, unsigned depth) {
  if (mkdirat(to, name.c_str(), 0700) != 0) return fail_call(errno, format("mkdirat({})", name));
  const kernel::UniqueFd source =
      TRY(kernel::open_at(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  const kernel::UniqueFd target =
      TRY(kernel::open_at(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return copy_tree(source.get(), target.get(), depth + 1);
}

Result<void> copy_entry(int from, int to, const std::string& name, unsigned depth) {
  struct stat info{};
  if (fstatat(from, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail_call(errno, format("fstatat({})", name));
  }
  if (S_ISDIR(info.st_mode)) {
    TRY(copy_directory(from, to, name, depth));
  } else if (S_ISREG(info.st_mode)) {
    TRY(copy_file(from, to, name));
  } else if (S_ISLNK(info.st_mode)) {
    TRY(copy_link(from, to, name));
  } else if (mknodat(to, name.c_str(), info.st_mode, info.st_rdev) != 0) {
    return fail_call(errno, format("mknodat({})", name));
  }
  return copy_attributes(to, name.c_str(), info);
}

Result<void> copy_tree(int from, int to, unsigned depth) {
  if (depth > kMaxDepth) return fail(ErrorKind::InvalidArgument, "nested deeper than 1024 levels");
  kernel::UniqueFd copy = TRY(kernel::duplicate(from));
  DIR* directory = fdopendir(copy.get());
  if (directory == nullptr) return fail_call(errno, "fdopendir()");
  copy.release();
  Result<void> result;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    result = copy_entry(from, to, name, depth);
    if (!result) break;
  }
  closedir(directory);
  return result;
}

}  // namespace

Result<void> copy_up(int root, const op::CopyUp& operation) {
  const std::string& target = operation.target;
  const long bare_fd =
      syscall(SYS_open_tree, root, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
  if (bare_fd < 0) return fail_call(errno, "open_tree(root)");
  const kernel::UniqueFd bare(static_cast<int>(bare_fd));
  Result<kernel::UniqueFd> source = open_in(bare.get(), target, O_RDONLY | O_DIRECTORY);
  if (!source) {
    if (source.error().errnum == ENOENT) return {};
    return std::unexpected(std::move(source).error());
  }
  const kernel::UniqueFd tmpfs = TRY(open_in(root, target, O_RDONLY | O_DIRECTORY));
  struct stat info{};
  if (fstat(source->get(), &info) == 0) {
    if (operation.keep_mode) {
      struct stat asked{};
      if (fstat(tmpfs.get(), &asked) == 0) info.st_mode = asked.st_mode;
    }
    TRY(copy_attributes(tmpfs.get(), ".", info));
  }
  TRY_STEP(copy_tree(source->get(), tmpfs.get(), 0), "copy up " + quoted(target));
  return {};
}

}  // namespace isle::runtime::launch
