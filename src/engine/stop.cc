#include "engine/stop.h"

#include <csignal>

#include <poll.h>

#include "engine/containers.h"
#include "engine/held.h"
#include "kernel/signal.h"
#include "monitor/restart.h"
#include "runtime/state/create.h"

namespace isle::engine {
namespace {

constexpr std::int64_t kDefaultTimeout = 10;

std::int64_t timeout_of(const record::Container& container, const StopOptions& options) {
  return options.timeout.value_or(container.life.stop_timeout.value_or(kDefaultTimeout));
}

Result<int> signal_of(const record::Container& container, const StopOptions& options) {
  if (options.signal != 0) return options.signal;
  const std::string& own = container.process.stop_signal;
  return kernel::parse_signal(own.empty() ? "SIGTERM" : own);
}

// False: the time is over. The descriptor is of the very process, or of none: its start time is
// looked at again once it is open.
Result<bool> wait_for_init(const runtime::ContainerState& state, std::int64_t seconds) {
  const Result<kernel::UniqueFd> init = kernel::open_pidfd(state.pid);
  if (!init || !runtime::is_alive(state)) return true;
  pollfd set{.fd = init->get(), .events = POLLIN, .revents = 0};
  constexpr std::int64_t kMostSeconds = 2'000'000;
  const bool for_ever = seconds < 0 || seconds > kMostSeconds;
  for (;;) {
    const int count = poll(&set, 1, for_ever ? -1 : static_cast<int>(seconds * 1000));
    if (count >= 0) return count > 0;
    if (errno != EINTR) return fail_call(errno, "poll(pidfd)");
  }
}

// One that has ended this moment is what was wanted.
Result<void> send(const Paths& paths, const std::string& id, int signal) {
  Result<void> sent = runtime::kill_container(paths.states(), id, signal, false);
  if (!sent &&
      (sent.error().kind == ErrorKind::Conflict || sent.error().kind == ErrorKind::NotFound)) {
    return {};
  }
  return sent;
}

// False: it does not run, and nobody is going to start it again.
Result<bool> stop_once(const Paths& paths, const Listed& listed, StopEnd& end) {
  const std::string& id = listed.container.id;
  if (listed.restarting) {
    monitor::keep_down(paths.run, id);
    return true;
  }
  if (!listed.running()) {
    TRY(settle(paths, listed));
    return false;
  }
  end.was_running = true;
  // A frozen one hears nothing.
  if (listed.status == runtime::Status::Paused) TRY(runtime::resume_container(paths.states(), id));
  TRY(send(paths, id, end.signal));
  if (!TRY(wait_for_init(*listed.state, end.waited))) {
    end.killed = true;
    TRY(send(paths, id, SIGKILL));
  }
  TRY(settle_end(paths, listed.container));
  return true;
}

}  // namespace

// Its monitor may have begun to start it again before it saw the mark, so it is looked at again.
Result<StopEnd> stop(const Paths& paths, std::string_view name, const StopOptions& options) {
  Listed listed = TRY(find_container(paths, name));
  const std::string id = listed.container.id;
  StopEnd end{.waited = timeout_of(listed.container, options),
              .signal = TRY(signal_of(listed.container, options))};
  TRY(hold_down(paths, id));
  constexpr int kTries = 10;
  for (int i = 0; i < kTries && TRY(stop_once(paths, listed, end)); ++i) {
    Result<Listed> again = find_container(paths, id);
    if (!again) break;  // with --rm it is gone
    listed = std::move(*again);
  }
  return end;
}

}  // namespace isle::engine
