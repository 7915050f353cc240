#include "engine/session.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "engine/networking.h"
#include "engine/volumes.h"
#include "kernel/process.h"
#include "kernel/signal.h"
#include "monitor/client.h"
#include "runtime/state/notify.h"

namespace isle::engine {
namespace {

Result<std::vector<std::string>> clean_up_command(const record::Container& container) {
  if (!container.remove) return std::vector<std::string>{};
  const std::string self = (TRY(kernel::program_directory()) / "isle").str();
  return std::vector<std::string>{self, "container", "cleanup", container.id};
}

// Most containers ask for nothing that the monitor would have to look up.
bool needs_record(const record::Life& life) {
  return !life.log.driver.empty() || !life.log.options.empty() || life.restart.wanted() ||
         life.health.wanted() || !life.sd_notify.empty();
}

Result<monitor::MonitorRequest> monitor_request(const Paths& paths,
                                                const record::Container& container,
                                                const SessionOptions& options) {
  const std::string& signal = container.process.stop_signal;
  monitor::MonitorRequest wanted;
  wanted.id = container.id;
  wanted.name = container.name;
  wanted.image = container.storage.root.image;
  wanted.pid_file = HostPath(container.life.pid_file);
  wanted.container = paths.container(container.id);
  wanted.run = paths.run;
  wanted.keep_stdin_open = container.process.interactive;
  wanted.with_record = needs_record(container.life) || !container.labels.empty();
  wanted.stay_in_group = container.life.monitor_stays;
  wanted.preserve_fds = options.preserve_fds;
  wanted.measure = options.measure;
  wanted.timeout_seconds = static_cast<unsigned>(container.process.timeout);
  wanted.stop_signal = TRY(kernel::parse_signal(signal.empty() ? "SIGTERM" : signal));
  wanted.clean_up = TRY(clean_up_command(container));
  return wanted;
}

class Session {
 public:
  Session(const Paths& paths,
          const record::Container& container,
          const SessionOptions& options,
          const RunHooks& hooks)
      : paths_(paths), container_(container), options_(options), hooks_(hooks) {}

  std::expected<RunEnd, RunFailure> go() {
    Result<monitor::MonitorHandle> monitor = spawn();
    if (!monitor) return std::unexpected(RunFailure{.error = std::move(monitor).error()});
    auto started = monitor::await_started(monitor->connection);
    if (!started) {
      return std::unexpected(RunFailure{.error = std::move(started.error().error),
                                        .status = started.error().exit_status});
    }
    for (const std::string& warning : started->warnings) hooks_.warn(warning);
    write_monitor_pid(monitor->process.pid);
    tell_service_manager(monitor->process.pid);
    std::expected<RunEnd, RunFailure> end =
        options_.stay ? stay(*monitor) : RunEnd{.id = container_.id, .status = 0, .detached = true};
    if (!started->plan.empty()) hooks_.explain(started->plan);
    return end;
  }

 private:
  const Paths& paths_;
  const record::Container& container_;
  const SessionOptions& options_;
  const RunHooks& hooks_;

  Result<monitor::MonitorHandle> spawn() {
    TRY(make_directories(paths_.run));
    TRY(connect_networks(paths_, container_));
    return monitor::spawn_monitor(TRY(monitor_request(paths_, container_, options_)));
  }

  void write_monitor_pid(Pid pid) {
    const std::string& file = container_.life.monitor_pid_file;
    if (file.empty()) return;
    const auto written =
        kernel::replace_file(HostPath(file), std::to_string(pid.value), 0644, false);
    if (!written) hooks_.warn(written.error().describe());
  }

  // Before this process ends, which the manager takes for the service's main one.
  void tell_service_manager(Pid monitor) {
    const std::string& mode = container_.life.sd_notify;
    if (mode == "ignore" || runtime::notify_address().empty()) return;
    const Result<void> told = runtime::tell_manager(
        format("MAINPID={}\n{}", monitor.value, mode == "conmon" ? "READY=1\n" : ""),
        !options_.stay);
    if (!told) hooks_.warn(told.error().describe());
  }

  std::expected<RunEnd, RunFailure> stay(monitor::MonitorHandle& monitor) {
    Result<kernel::UniqueFd> nowhere = kernel::UniqueFd();
    if (!options_.output || !options_.errors) {
      nowhere = kernel::open_file(HostPath("/dev/null"), O_WRONLY);
      if (!nowhere) return std::unexpected(RunFailure{.error = nowhere.error(), .began = true});
    }
    const Result<monitor::AttachEnd> end =
        monitor::attach(monitor.connection,
                        {.input = options_.input,
                         .terminal = container_.process.terminal,
                         .signals = options_.signals,
                         .detach_keys = options_.detach_keys,
                         .stdout_fd = options_.output ? STDOUT_FILENO : nowhere->get(),
                         .stderr_fd = options_.errors ? STDERR_FILENO : nowhere->get()});
    if (!end) return std::unexpected(RunFailure{.error = end.error(), .began = true});
    RunEnd result{.id = container_.id, .status = 0, .detached = !end->exit};
    if (!end->exit) return result;
    result.status = end->exit->status;
    if (end->exit->oom_killed) hooks_.warn(monitor::oom_words(*end->exit));
    if (!end->exit->error.empty()) hooks_.warn(end->exit->error);
    if (Result<void> cleared = clear(monitor); !cleared) {
      hooks_.warn(cleared.error().describe());
    }
    return result;
  }

  Result<void> clear(monitor::MonitorHandle& monitor) {
    if (container_.remove) TRY(remove_with_volumes(paths_, container_));
    // Its monitor stays, to start it again.
    if (container_.life.restart.wanted()) return {};
    return monitor::finish(monitor);
  }
};

}  // namespace

std::expected<RunEnd, RunFailure> run_session(const Paths& paths,
                                              const record::Container& container,
                                              const SessionOptions& options,
                                              const RunHooks& hooks) {
  return Session(paths, container, options, hooks).go();
}

}  // namespace isle::engine
