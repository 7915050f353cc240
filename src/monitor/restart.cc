#include "monitor/restart.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/signal_fd.h"
#include "kernel/unix_socket.h"
#include "monitor/clients.h"
#include "monitor/wire.h"

namespace isle::monitor {

namespace {

constexpr std::int64_t kFirstPause = 100;
constexpr std::int64_t kLongestPause = 60'000;
constexpr std::int64_t kLongRun = 10'000;

HostPath restarting_directory(const HostPath& run) { return run / "restarting"; }

bool wants_start(const record::RestartPolicy& policy,
                 const RunOutcome& outcome,
                 std::int64_t count) {
  if (outcome.held || policy.name.empty()) return false;
  if (policy.name != "on-failure") return true;
  return outcome.status != 0 && (policy.most == 0 || count < policy.most);
}

}  // namespace

std::optional<std::int64_t> RestartPlan::after(const record::RestartPolicy& policy,
                                               const RunOutcome& outcome) {
  if (!wants_start(policy, outcome, count_) && (!outcome.forced || outcome.held)) {
    return std::nullopt;
  }
  ++count_;
  pause_ =
      pause_ == 0 || outcome.ran_ms >= kLongRun ? kFirstPause : std::min(pause_ * 2, kLongestPause);
  return pause_;
}

record::RestartPolicy current_policy(const MonitorRequest& request) {
  const auto text = kernel::read_file(request.container / "record.json");
  if (!text) return {};
  const auto container = record::read_container(*text);
  return container ? container->life.restart : record::RestartPolicy{};
}

bool is_held(const MonitorRequest& request) {
  return access((request.container / "held").c_str(), F_OK) == 0;
}

HostPath running_mark(const HostPath& container) { return container / "running"; }

// Without it the count is only not told.
void note_restarts(const HostPath& container, std::int64_t restarts) {
  static_cast<void>(
      kernel::replace_file(running_mark(container), std::to_string(restarts), 0600, false));
}

std::int64_t restarts_until_now(const HostPath& container) {
  const auto text = kernel::read_file(running_mark(container));
  const auto count = text ? parse_int(*text, "restarts") : Result<long long>(0);
  return count ? *count : 0;
}

Result<BetweenRuns> BetweenRuns::create(const MonitorRequest& request) {
  const HostPath directory = restarting_directory(request.run);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_call(errno, "mkdir(restarting)");
  }
  HostPath path = directory / request.id;
  unlink(path.c_str());  // of a monitor that was killed
  kernel::UniqueFd listener = TRY(kernel::listen_at(directory, request.id, SOCK_SEQPACKET));
  return BetweenRuns(std::move(path), std::move(listener));
}

BetweenRuns::~BetweenRuns() {
  if (!listener_) return;
  unlink(path_.c_str());
  // Who has connected and waits is told by the end of the connection.
  rmdir(path_.str().substr(0, path_.str().rfind('/')).c_str());
}

bool BetweenRuns::told_to_stay_down() {
  Result<kernel::UniqueFd> client = kernel::accept_on(listener_.get());
  if (!client) return false;
  char buffer[256];
  // One that only looked sends nothing and is gone at once.
  const auto received = receive_frame(client->get(), buffer, Wait::Yes);
  return received && received->kind == Received::Kind::Frame &&
         received->frame.head.type == FrameType::Done;
}

Result<bool> BetweenRuns::wait(std::int64_t pause_ms) {
  kernel::SignalFd signals = TRY(kernel::SignalFd::create({SIGTERM, SIGINT, SIGQUIT, SIGHUP}));
  const std::int64_t end = monotonic_ms() + pause_ms;
  for (;;) {
    const std::int64_t left = end - monotonic_ms();
    if (left <= 0) return true;
    pollfd set[2] = {{.fd = listener_.get(), .events = POLLIN, .revents = 0},
                     {.fd = signals.fd(), .events = POLLIN, .revents = 0}};
    const int count = poll(set, 2, static_cast<int>(left));
    if (count < 0 && errno != EINTR) return fail_call(errno, "poll()");
    if (count <= 0) continue;
    if (set[0].revents != 0 && told_to_stay_down()) return false;
    if (set[1].revents != 0 && signals.next().value_or(SIGHUP) != SIGHUP) return false;
  }
}

namespace {
std::optional<kernel::UniqueFd> connect_between_runs(const HostPath& run, std::string_view id) {
  const HostPath directory = restarting_directory(run);
  if (access((directory / id).c_str(), F_OK) != 0) return std::nullopt;
  Result<kernel::UniqueFd> socket = kernel::connect_at(directory, std::string(id), SOCK_SEQPACKET);
  if (!socket) return std::nullopt;
  return std::move(*socket);
}
}  // namespace

bool is_between_runs(const HostPath& run, std::string_view id) {
  return connect_between_runs(run, id).has_value();
}

void keep_down(const HostPath& run, std::string_view id) {
  const std::optional<kernel::UniqueFd> socket = connect_between_runs(run, id);
  if (!socket) return;
  if (!send_frame(socket->get(), {.type = FrameType::Done}, {}, Wait::Yes)) return;
  char buffer[64];
  // The end of the connection is the answer.
  static_cast<void>(receive_frame(socket->get(), buffer, Wait::Yes));
}

}  // namespace isle::monitor
