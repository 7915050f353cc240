#include "engine/healthcheck.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <unistd.h>

#include "base/strings.h"
#include "engine/containers.h"
#include "monitor/clients.h"
#include "monitor/health.h"

namespace isle::engine {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

// Until the command has ended; one that takes too long is killed.
Result<CheckedHealth> wait_for_probe(monitor::RunningProbe& probe, std::int64_t most_ms) {
  CheckedHealth checked;
  const std::int64_t until = monitor::monotonic_ms() + most_ms;
  for (;;) {
    pollfd set[2] = {{.fd = probe.process.pidfd.get(), .events = POLLIN, .revents = 0},
                     {.fd = probe.output.get(), .events = POLLIN, .revents = 0}};
    const std::int64_t left = std::max<std::int64_t>(0, until - monitor::monotonic_ms());
    if (poll(set, 2, static_cast<int>(std::min<std::int64_t>(left, 1'000'000))) < 0 &&
        errno != EINTR) {
      return fail_call(errno, "poll()");
    }
    if (set[1].revents != 0) {
      char buffer[4096];
      const ssize_t count = read(probe.output.get(), buffer, sizeof buffer);
      if (count > 0) checked.output.append(buffer, static_cast<std::size_t>(count));
      if (count == 0) probe.output.reset();
      if (count > 0) continue;
    }
    if (set[0].revents != 0) break;
    if (left > 0) continue;
    TRY(kernel::send_signal(probe.process.pidfd.get(), SIGKILL));
    break;
  }
  checked.healthy = TRY(kernel::wait_for(probe.process.pidfd.get())).status == 0;
  return checked;
}

}  // namespace

Result<CheckedHealth> check_health(const Paths& paths, std::string_view name) {
  const Listed listed = TRY(find_running(paths, name));
  const record::HealthCheck check = monitor::with_defaults(listed.container.life.health);
  if (!check.wanted()) {
    return fail(ErrorKind::InvalidArgument,
                format("container {} has no health check", quoted(name)),
                "isle run --health-cmd gives it one");
  }
  monitor::RunningProbe probe =
      TRY(monitor::start_probe(paths.states(), listed.container.id, check.test));
  return wait_for_probe(probe, check.timeout / kMillisecond);
}

std::string health_of(const Paths& paths, std::string_view id) {
  const auto text = kernel::read_file(monitor::health_file(paths.container(id)));
  if (!text) return {};
  const auto health = monitor::read_health(*text);
  return health ? health->status : std::string();
}

}  // namespace isle::engine
