// The health check of one run of a container: when the next probe is due, the one that runs, and
// what is done about an illness.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include <unistd.h>

#include "monitor/clients.h"
#include "monitor/ending.h"
#include "monitor/health.h"
#include "monitor/notify.h"

namespace isle::monitor {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;  // ns
constexpr std::size_t kReadAtOnce = 4096;
constexpr std::int64_t kDefaultStop = 10;

class HealthChore final : public Chore {
 public:
  HealthChore(const MonitorRequest& request,
              const record::Container& container,
              oci::StringMap attributes)
      : request_(request),
        check_(with_defaults(container.life.health)),
        attributes_(std::move(attributes)),
        says_ready_(container.life.sd_notify == "healthy" && is_awaited(container)),
        stop_seconds_(container.life.stop_timeout.value_or(kDefaultStop)),
        starting_up_(check_.startup.wanted()),
        began_(monotonic_ms()),
        next_(began_ + pause()) {
    save();
  }

  void watch(std::vector<pollfd>& set) override {
    set.push_back({.fd = probe_ ? probe_->output.get() : -1, .events = POLLIN, .revents = 0});
    set.push_back(
        {.fd = probe_ ? probe_->process.pidfd.get() : -1, .events = POLLIN, .revents = 0});
  }

  std::int64_t deadline() const override {
    if (kill_at_ != 0) return kill_at_;
    return probe_ ? probe_until_ : next_;
  }

  int turn(std::int64_t now) override {
    if (kill_at_ != 0 && now >= kill_at_) {
      kill_at_ = now + kMillisecond;  // once is enough
      return SIGKILL;
    }
    if (probe_) return look(now);
    if (now >= next_ && kill_at_ == 0) begin(now);
    return 0;
  }

  void end() override {
    if (!probe_) return;
    static_cast<void>(kernel::send_signal(probe_->process.pidfd.get(), SIGKILL));
    static_cast<void>(kernel::wait_for(probe_->process.pidfd.get()));
    probe_.reset();
  }

  bool wants_restart() const override { return wants_restart_; }

 private:
  const MonitorRequest& request_;
  record::HealthCheck check_;
  oci::StringMap attributes_;
  bool says_ready_;  // to the service manager, once
  std::int64_t stop_seconds_;
  bool starting_up_;  // the start-up check has not yet been content
  std::int64_t startup_failures_ = 0, startup_successes_ = 0;
  std::int64_t began_;
  std::int64_t next_;  // all ms of CLOCK_MONOTONIC
  std::int64_t probe_until_ = 0;
  std::int64_t kill_at_ = 0;
  bool wants_restart_ = false;
  Health health_;
  HealthProbe result_;
  std::optional<RunningProbe> probe_;

  bool in_start_period() const {
    return monotonic_ms() < began_ + check_.start_period / kMillisecond;
  }

  std::int64_t pause() const {
    if (starting_up_) return check_.startup.interval / kMillisecond;
    const bool starts = in_start_period() && health_.status == "starting";
    return (starts ? check_.start_interval : check_.interval) / kMillisecond;
  }

  void begin(std::int64_t now) {
    result_ = {.started_ns = realtime_ns()};
    Result<RunningProbe> probe = start_probe(
        state_root(request_), request_.id, starting_up_ ? check_.startup.test : check_.test);
    if (!probe) {
      // docker's status for a command that cannot be run.
      result_.output = probe.error().describe();
      static_cast<void>(finish(launch_exit_status(probe.error())));
      return;
    }
    probe_ = std::move(*probe);
    const std::int64_t timeout = starting_up_ ? check_.startup.timeout : check_.timeout;
    probe_until_ = now + timeout / kMillisecond;
  }

  // The signal for the container, if the probe says that it is ill.
  int look(std::int64_t now) {
    read_output();
    pollfd ended{.fd = probe_->process.pidfd.get(), .events = POLLIN, .revents = 0};
    if (poll(&ended, 1, 0) > 0) {
      const auto exit = kernel::wait_for(probe_->process.pidfd.get());
      read_output();
      probe_.reset();
      return finish(exit ? exit->status : kExitEngine);
    }
    if (now < probe_until_) return 0;
    end();
    result_.output += "the health check took longer than its time limit, and was killed";
    return finish(-1);
  }

  void read_output() {
    char buffer[kReadAtOnce];
    for (;;) {
      const ssize_t count = read(probe_->output.get(), buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        if (count == 0) probe_->output.reset();
        return;
      }
      const std::size_t most = static_cast<std::size_t>(check_.log_size);
      const std::size_t room = most - std::min(most, result_.output.size());
      result_.output.append(buffer, std::min(room, static_cast<std::size_t>(count)));
    }
  }

  int finish(int status) {
    result_.status = status;
    result_.finished_ns = realtime_ns();
    if (starting_up_) return finish_startup();
    const std::string before = health_.status;
    judge(health_, check_, std::move(result_), in_start_period());
    result_ = {};
    next_ = monotonic_ms() + pause();
    save();
    if (health_.status == before) return 0;
    if (says_ready_ && health_.status == "healthy") {
      says_ready_ = false;
      say_ready();
    }
    oci::StringMap attributes = attributes_;
    attributes["health_status"] = health_.status;
    note_event(request_, "health_status", std::move(attributes));
    return health_.status == "unhealthy" ? act(check_.on_failure) : 0;
  }

  // podman's rules: it is asked nothing else before this check is content, and its failures are
  // no illness, but enough of them start the container anew.
  int finish_startup() {
    const bool well = result_.status == 0;
    note_probe(health_, check_, std::exchange(result_, {}));
    startup_successes_ = well ? startup_successes_ + 1 : 0;
    if (!well) ++startup_failures_;
    starting_up_ = startup_successes_ < std::max<std::int64_t>(check_.startup.success, 1);
    next_ = monotonic_ms() + (starting_up_ ? pause() : 0);
    save();
    const std::int64_t most = check_.startup.retries;
    return starting_up_ && most > 0 && startup_failures_ >= most ? act("restart") : 0;
  }

  int act(const std::string& action) {
    if (action.empty()) return 0;
    if (action == "kill") return SIGKILL;
    wants_restart_ = action == "restart";
    if (action == "stop") {
      static_cast<void>(
          kernel::open_file(request_.container / "held", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
    }
    constexpr std::int64_t kSecond = 1000;
    if (stop_seconds_ >= 0) kill_at_ = monotonic_ms() + stop_seconds_ * kSecond;
    return request_.stop_signal;
  }

  void save() {
    static_cast<void>(kernel::replace_file(
        health_file(request_.container), json::write(write_health(health_)), 0600, false));
  }
};

}  // namespace

std::unique_ptr<Chore> make_health_chore(const MonitorRequest& request,
                                         const record::Container& container,
                                         oci::StringMap attributes) {
  return std::make_unique<HealthChore>(request, container, std::move(attributes));
}

}  // namespace isle::monitor
