#include "monitor/health.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace isle::monitor {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMostProbes = 5;
constexpr std::int64_t kMostOutput = 4096;

std::int64_t number_of(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member == nullptr || member->integer() == nullptr ? 0 : *member->integer();
}

std::string text_of(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member == nullptr || member->string() == nullptr ? std::string() : *member->string();
}

volatile std::sig_atomic_t missed_signal = 0;
void note_signal(int number) { missed_signal = number; }

// The supervisor reads its signals from a descriptor and ignores SIGPIPE; what it starts inside
// must inherit neither. A handler becomes the default action on execve(2); a signal that it gets
// instead of the descriptor is sent once more.
class SignalsForChild {
 public:
  SignalsForChild() {
    struct sigaction note{};
    note.sa_handler = note_signal;
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &note, &before_[i]);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, &mask_);
  }
  SignalsForChild(const SignalsForChild&) = delete;
  SignalsForChild& operator=(const SignalsForChild&) = delete;
  ~SignalsForChild() {
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
    const int missed = missed_signal;
    missed_signal = 0;
    if (missed != 0 && missed != SIGPIPE) static_cast<void>(kill(getpid(), missed));
  }

 private:
  static constexpr std::array kSignals = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGPIPE};
  std::array<struct sigaction, kSignals.size()> before_{};
  sigset_t mask_{};
};

json::Value write_probe(const HealthProbe& probe) {
  json::Value value;
  value["status"] = probe.status;
  value["started_ns"] = probe.started_ns;
  value["finished_ns"] = probe.finished_ns;
  value["output"] = probe.output;
  return value;
}

}  // namespace

json::Value write_health(const Health& health) {
  json::Value log(json::Array{});
  for (const HealthProbe& probe : health.log) log.push_back(write_probe(probe));
  json::Value value;
  value["status"] = health.status;
  value["failing_streak"] = health.failing_streak;
  value["log"] = std::move(log);
  return value;
}

Result<Health> read_health(std::string_view text) {
  const json::Value value = TRY(json::parse(text));
  Health health;
  health.status = text_of(value, "status");
  health.failing_streak = number_of(value, "failing_streak");
  const json::Value* log = value.find("log");
  if (log == nullptr || log->array() == nullptr) return health;
  health.log.reserve(log->array()->size());
  for (const json::Value& probe : *log->array()) {
    health.log.push_back({.status = static_cast<int>(number_of(probe, "status")),
                          .started_ns = number_of(probe, "started_ns"),
                          .finished_ns = number_of(probe, "finished_ns"),
                          .output = text_of(probe, "output")});
  }
  return health;
}

HostPath health_file(const HostPath& container) { return container / "health.json"; }

record::HealthCheck with_defaults(record::HealthCheck check) {
  if (check.interval == 0) check.interval = 30 * kSecond;
  if (check.timeout == 0) check.timeout = 30 * kSecond;
  if (check.start_interval == 0) check.start_interval = 5 * kSecond;
  if (check.retries == 0) check.retries = 3;
  if (check.startup.interval == 0) check.startup.interval = 30 * kSecond;
  if (check.startup.timeout == 0) check.startup.timeout = 30 * kSecond;
  if (check.log_count == 0) check.log_count = kMostProbes;
  if (check.log_size == 0) check.log_size = kMostOutput;
  return check;
}

void note_probe(Health& health, const record::HealthCheck& check, HealthProbe probe) {
  health.log.push_back(std::move(probe));
  if (std::cmp_greater(health.log.size(), check.log_count)) health.log.erase(health.log.begin());
}

void judge(Health& health,
           const record::HealthCheck& check,
           HealthProbe probe,
           bool in_start_period) {
  if (probe.status == 0) {
    health.failing_streak = 0;
    health.status = "healthy";
  } else if (!in_start_period || health.status != "starting") {
    ++health.failing_streak;
    if (health.failing_streak >= check.retries) health.status = "unhealthy";
  }
  note_probe(health, check, std::move(probe));
}

Result<RunningProbe> start_probe(const HostPath& states,
                                 const std::string& id,
                                 const oci::Strings& test) {
  const oci::Spec spec = TRY(runtime::load_config(states, id));
  runtime::ExecRequest request;
  request.root = states;
  request.id = id;
  request.process = spec.process.value_or(oci::Process{});
  request.process.terminal = false;
  request.process.console_size.reset();
  if (test[0] == "CMD-SHELL") {
    request.process.args = {"/bin/sh", "-c", test.size() > 1 ? test[1] : ""};
  } else {
    request.process.args.assign(test.begin() + 1, test.end());
  }
  kernel::FdPair output = TRY(kernel::make_pipe());
  const kernel::UniqueFd null = TRY(kernel::open_file(HostPath("/dev/null"), O_RDWR));
  request.stdio[0] = null.get();
  request.stdio[1] = request.stdio[2] = output.second.get();
  RunningProbe probe;
  {
    const SignalsForChild signals;
    probe.process = TRY(runtime::exec_in_container(request));
  }
  probe.output = std::move(output.first);
  if (fcntl(probe.output.get(), F_SETFL, O_NONBLOCK) != 0) return fail_call(errno, "fcntl()");
  return probe;
}

}  // namespace isle::monitor
