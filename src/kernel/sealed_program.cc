#include "kernel/sealed_program.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/fd.h"

namespace isle::kernel {

namespace {

constexpr const char* kSelf = "/proc/self/exe";
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

bool is_sealed_copy() {
  const Result<UniqueFd> self = open_file(HostPath(kSelf), O_RDONLY);
  if (!self) return false;
  const int seals = fcntl(self->get(), F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_WRITE) != 0;
}

// Whether nobody whom a container could be can write the program.
bool is_safe() {
  struct statfs about{};
  if (statfs(kSelf, &about) == 0 && (about.f_flags & ST_RDONLY) != 0) return true;
  if (is_sealed_copy()) return true;
  if (geteuid() == 0) return false;
  // The owner could make it writable again.
  struct stat info{};
  return stat(kSelf, &info) == 0 && info.st_uid != geteuid() &&
         faccessat(AT_FDCWD, kSelf, W_OK, AT_EACCESS) != 0;
}

Result<UniqueFd> read_only_mount() {
  UniqueFd tree(static_cast<int>(
      syscall(SYS_open_tree, AT_FDCWD, kSelf, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!tree) return fail_call(errno, "open_tree(/proc/self/exe)");
  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY;
  if (mount_setattr(tree.get(), "", AT_EMPTY_PATH, &read_only, sizeof read_only) != 0) {
    return fail_call(errno, "mount_setattr(/proc/self/exe)");
  }
  return tree;
}

Result<UniqueFd> sealed_copy() {
  const UniqueFd self = TRY(open_file(HostPath(kSelf), O_RDONLY));
  UniqueFd copy = TRY(make_memfd("isle"));
  struct stat info{};
  if (fstat(self.get(), &info) != 0) return fail_call(errno, "fstat(/proc/self/exe)");
  for (off_t done = 0; done < info.st_size;) {
    const ssize_t count =
        sendfile(copy.get(), self.get(), nullptr, static_cast<std::size_t>(info.st_size - done));
    if (count <= 0) return fail_call(count < 0 ? errno : EIO, "sendfile(/proc/self/exe)");
    done += count;
  }
  if (fcntl(copy.get(), F_ADD_SEALS, kSeals) != 0) return fail_call(errno, "fcntl(F_ADD_SEALS)");
  return copy;
}

// Executed by a descriptor, a program gets that number for a name.
void take_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  prctl(PR_SET_NAME, slash == nullptr ? path : slash + 1);
}

}  // namespace

Result<void> seal_program(char* const* arguments) {
  if (is_safe()) {
    if (arguments[0] != nullptr) take_name(arguments[0]);
    return {};
  }
  // Where it lies is not to be seen from the new mount; helper programs are beside it.
  char path[PATH_MAX];
  const ssize_t length = readlink(kSelf, path, sizeof path - 1);
  if (length < 0) return fail_call(errno, "readlink(/proc/self/exe)");
  path[length] = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): main calls this before there could be a thread
  if (setenv(kSealedFrom, path, 1) != 0) return fail_call(errno, "setenv()");
  Result<UniqueFd> program = read_only_mount();
  if (!program) program = sealed_copy();
  if (!program) return std::unexpected(std::move(program).error());
  syscall(SYS_execveat, program->get(), "", arguments, environ, AT_EMPTY_PATH);
  return fail_call(errno, "execveat(/proc/self/exe)");
}

}  // namespace isle::kernel
