#pragma once
// Why: starting another program, cheaply and from any program. posix_spawn(3) clones with
// CLONE_VM|CLONE_VFORK: no page table is copied and the caller may have threads, which fork(2)
// would not bear. Containers are not started here: only runtime/launch clones those.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::kernel {

// A descriptor the program gets; every other one above 2 is closed, also if it came to the caller
// without close-on-exec.
struct GivenFd {
  int from = -1;  // -1: /dev/null, opened for reading and writing
  int to = 0;
};

struct SpawnRequest {
  HostPath program;
  std::vector<std::string> arguments;           // argv, with argv[0]
  std::optional<std::vector<std::string>> env;  // absent: the caller's
  std::vector<GivenFd> fds;                     // 0, 1 and 2 stay the caller's if not named
  bool new_session = false;                     // setsid(2)
};

struct ChildProcess {
  Pid pid;
  UniqueFd pidfd;
};

// Signal dispositions and the mask are set back to their defaults in the program. The error names
// the program; the child is the caller's to wait for.
Result<ChildProcess> spawn(const SpawnRequest& request);

struct ExitStatus {
  int status = 0;  // of exit(2), or 128 + signal, as shells count
  int signal = 0;  // that killed it, or 0
};
// Waits for a child until it has ended, and reaps it. waitid(2), P_PIDFD.
Result<ExitStatus> wait_for(int pidfd);
// pidfd_send_signal(2). A process that is gone is NotFound.
Result<void> send_signal(int pidfd, int signal);

// The directory of the running program, by /proc/self/exe.
Result<HostPath> program_directory();

}  // namespace isle::kernel
