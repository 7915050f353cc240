#include "kernel/fork.h"

#include <cerrno>
#include <csignal>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

const char* fork_hint(int errnum) {
  switch (errnum) {
    case ENOMEM:
      return "the PID namespace for children had a process 1, and it has ended: nothing can be "
             "born "
             "there any more (pid_namespaces(7)). unshare --pid needs --fork, so that the command "
             "itself is process 1";
    case EAGAIN: return "a limit on processes is reached: RLIMIT_NPROC, pids.max or kernel.pid_max";
    case EINVAL:
      return "the namespaces for children and the caller's do not go together (clone(2))";
    default: return "";
  }
}

bool single_threaded() {
  struct stat found{};
  // A directory per thread, "." and ".." of /proc/self/task and its name.
  return stat("/proc/self/task", &found) != 0 || found.st_nlink <= 3;
}

}  // namespace

Result<ForkedChild> fork_child(bool dies_with_parent) {
  if (!single_threaded()) {
    return fail(ErrorKind::Internal, "a program with threads must not fork to run code");
  }
  const pid_t pid = fork();
  if (pid < 0) return fail_call(errno, "fork()", {}, fork_hint(errno));
  if (pid == 0) {
    if (dies_with_parent) prctl(PR_SET_PDEATHSIG, SIGKILL);
    return ForkedChild{.inside = true, .pid = {}, .pidfd = {}};
  }
  UniqueFd pidfd = TRY(open_pidfd({pid}));
  return ForkedChild{.inside = false, .pid = {pid}, .pidfd = std::move(pidfd)};
}

}  // namespace isle::kernel
