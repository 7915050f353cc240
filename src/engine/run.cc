#include "engine/run.h"

#include "kernel/process.h"
#include "kernel/signal.h"
#include "monitor/client.h"
#include "monitor/spawn.h"

namespace isle::engine {
namespace {

Result<std::vector<std::string>> clean_up_command(const record::Container& container) {
  if (!container.remove) return std::vector<std::string>{};
  const std::string self = (TRY(kernel::program_directory()) / "isle").str();
  return std::vector<std::string>{self, "container", "cleanup", container.id};
}

Result<monitor::MonitorRequest> monitor_request(const Paths& paths,
                                                const options::RunRequest& request,
                                                const NewContainer& made) {
  const record::Container& container = made.container;
  monitor::MonitorRequest wanted;
  wanted.id = container.id;
  wanted.container = paths.container(container.id);
  wanted.run = paths.run;
  wanted.keep_stdin_open = container.process.interactive;
  wanted.measure = request.explain == options::Explain::No     ? monitor::Measure::No
                   : request.explain == options::Explain::Json ? monitor::Measure::Json
                                                               : monitor::Measure::Words;
  wanted.timeout_seconds = static_cast<unsigned>(container.process.timeout);
  wanted.stop_signal = TRY(kernel::parse_signal(made.prepared.stop_signal));
  wanted.clean_up = TRY(clean_up_command(container));
  return wanted;
}

// One run, from the start of the monitor to its end.
class Session {
 public:
  Session(const Paths& paths,
          const options::RunRequest& request,
          const RunHooks& hooks,
          NewContainer made)
      : paths_(paths), request_(request), hooks_(hooks), made_(std::move(made)) {}

  std::expected<RunEnd, RunFailure> go() {
    for (const std::string& warning : made_.prepared.warnings) hooks_.warn(warning);
    if (request_.explain == options::Explain::Words) {
      const Result<std::string> plan = engine::explain(paths_, made_);
      if (!plan) return give_up(plan.error(), kExitEngine);
      hooks_.explain(*plan);
    }
    Result<monitor::MonitorHandle> monitor = spawn();
    if (!monitor) return give_up(std::move(monitor).error(), kExitEngine);
    auto started = monitor::await_started(monitor->connection);
    if (!started) return give_up(std::move(started.error().error), started.error().exit_status);
    for (const std::string& warning : started->warnings) hooks_.warn(warning);
    std::expected<RunEnd, RunFailure> end =
        request_.detach ? RunEnd{.id = made_.container.id, .status = 0, .detached = true}
                        : stay(*monitor);
    if (!started->plan.empty()) hooks_.explain(started->plan);
    return end;
  }

 private:
  const Paths& paths_;
  const options::RunRequest& request_;
  const RunHooks& hooks_;
  NewContainer made_;

  Result<monitor::MonitorHandle> spawn() {
    TRY(make_directories(paths_.run));
    return monitor::spawn_monitor(TRY(monitor_request(paths_, request_, made_)));
  }

  // It never ran: nothing of it stays, with --rm or without.
  std::unexpected<RunFailure> give_up(Error error, int status) {
    static_cast<void>(Database(paths_).remove(made_.container));
    return std::unexpected(RunFailure{.error = std::move(error), .status = status});
  }

  std::expected<RunEnd, RunFailure> stay(monitor::MonitorHandle& monitor) {
    const record::Process& process = made_.container.process;
    const Result<monitor::AttachEnd> end = monitor::attach(
        monitor.connection, {.input = process.interactive, .terminal = process.terminal});
    if (!end) return std::unexpected(RunFailure{.error = end.error(), .status = kExitEngine});
    RunEnd result{.id = made_.container.id, .status = 0, .detached = !end->exit};
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
    if (made_.container.remove) TRY(Database(paths_).remove(made_.container));
    return monitor::finish(monitor);
  }
};

}  // namespace

std::expected<RunEnd, RunFailure> run(const Paths& paths,
                                      options::RunRequest request,
                                      const RunHooks& hooks) {
  Result<NewContainer> made = create_container(paths, std::move(request.container));
  if (!made) return std::unexpected(RunFailure{.error = made.error(), .status = kExitEngine});
  return Session(paths, request, hooks, std::move(*made)).go();
}

}  // namespace isle::engine
