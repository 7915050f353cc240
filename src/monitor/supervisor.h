#pragma once
// The life of isle-monitor while its container runs: one poll loop over the container's init
// (pidfd), its terminal or pipes, the clients and the attach socket. It knows nothing of how the
// container was made or is cleared away: that is handed in, so that it can be tested with any
// child process.

#include <functional>
#include <memory>

#include "kernel/fd.h"
#include "kernel/process.h"
#include "monitor/chore.h"
#include "monitor/log.h"
#include "monitor/protocol.h"

namespace isle::monitor {

struct Charge {
  Pid pid;
  kernel::UniqueFd pidfd;
  bool terminal = false;
  kernel::UniqueFd input;       // write end; the terminal's master; none: the input is empty
  kernel::UniqueFd outputs[2];  // read ends; with a terminal the first is its master
  kernel::UniqueFd first_client;
  kernel::UniqueFd listener;  // attach socket; may be none
  int stop_signal = 15;
  unsigned timeout_seconds = 0;
  Log log;
  std::unique_ptr<Chore> chores[2];  // may be none
};

struct Duties {
  // Called once, when init has ended: clears the container away.
  // `wants_restart`: a chore does, whatever the policy.
  std::function<ExitRecord(const kernel::ExitStatus&, bool wants_restart)> ended;
  // Called once, when the container turns out to stay: its client has left, or it has run for a
  // while. What a short run should not pay for is done here.
  std::function<void()> settle;
};

enum class CleanUp : std::uint8_t { ByMonitor, ByClient };
struct Supervised {
  CleanUp clean_up = CleanUp::ByMonitor;
  bool wants_restart = false;  // its chore does
};
// Returns when the container has ended, all its output is delivered and the first client is done
// or gone. Descriptors are set non-blocking.
Result<Supervised> supervise(Charge charge, const Duties& duties);

}  // namespace isle::monitor
