#include "monitor/run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "monitor/clients.h"
#include "monitor/ending.h"
#include "monitor/network.h"
#include "monitor/own_cgroup.h"
#include "monitor/restart.h"
#include "monitor/wire.h"
#include "runtime/state/notify.h"

namespace isle::monitor {

namespace {

int report_failure(int client, const Error& error) {
  const int status = launch_exit_status(error);
  const Result<Sent> sent = send_text(
      client, {.type = FrameType::Failed, .value = status}, json::write(write_error(error)));
  return sent ? status : kExitEngine;
}

// Of the caller's surroundings only the environment stays, which the clean-up command needs: the
// working directory would keep a mount busy, and files must not depend on the caller's mask.
Result<void> leave_caller() {
  umask(S_IWGRP | S_IWOTH);
  if (chdir("/") != 0) return fail_call(errno, "chdir(/)");
  return {};
}

void clean_up(const MonitorRequest& request) {
  if (request.clean_up.empty()) return;
  kernel::SpawnRequest program;
  program.program = HostPath(request.clean_up[0]);
  program.arguments = request.clean_up;
  const Result<kernel::ChildProcess> child = kernel::spawn(program);
  // Nobody is left to be told. What it did not do the next isle command finds and does.
  if (child) static_cast<void>(kernel::wait_for(child->pidfd.get()));
}

struct Run {
  Supervised supervised;
  ExitRecord exit;
  std::int64_t ran_ms = 0;             // by the clock that nobody sets
  std::optional<BetweenRuns> between;  // it is going to be started again, as it seems
};

// Before anybody can see that it has ended: nobody shall take it for one that stays so.
std::optional<BetweenRuns> announce_restart(const MonitorRequest& request,
                                            RestartPlan plan,
                                            const RunOutcome& outcome) {
  if (!request.clean_up.empty() || !plan.after(current_policy(request), outcome)) {
    return std::nullopt;
  }
  Result<BetweenRuns> between = BetweenRuns::create(request);
  // Tried again when it matters.
  if (!between) return std::nullopt;
  return std::move(*between);
}

Result<Run> supervise_container(const MonitorRequest& request,
                                LaunchedContainer container,
                                const RestartPlan& plan) {
  OwnCgroup own_cgroup;
  Run run;
  const std::int64_t began = monotonic_ms();
  const Duties duties{.ended =
                          [&](const kernel::ExitStatus& exit, bool wants_restart) {
                            auto between = announce_restart(request,
                                                            plan,
                                                            {.status = exit.status,
                                                             .ran_ms = monotonic_ms() - began,
                                                             .held = is_held(request),
                                                             .forced = wants_restart});
                            if (between) run.between.emplace(std::move(*between));
                            run.exit = end_container(request, container, exit, plan.count());
                            return run.exit;
                          },
                      .settle =
                          [&] {
                            // A service manager knows its own by their group.
                            const bool stays =
                                request.stay_in_group || !runtime::notify_address().empty();
                            if (!stays) own_cgroup.join();
                          }};
  run.supervised = TRY(supervise(std::move(container.charge), duties));
  run.ran_ms = monotonic_ms() - began;
  return run;
}

// A start that nobody waits for: what went wrong stands in the record of the end.
Result<LaunchedContainer> launch_again(const MonitorRequest& request, std::int64_t restarts) {
  const std::int64_t began = realtime_ns();
  Result<LaunchedContainer> container = launch_container(request, -1);
  if (container) {
    note_restarts(request.container, restarts);
    return container;
  }
  const ExitRecord record{.status = launch_exit_status(container.error()),
                          .started_ns = began,
                          .finished_ns = realtime_ns(),
                          .restarts = restarts,
                          .error = container.error().describe()};
  static_cast<void>(append_exit(request.container, record));
  return container;
}

RunOutcome outcome_of(const MonitorRequest& request, const Run& run) {
  return {.status = run.exit.status,
          .ran_ms = run.ran_ms,
          .held = is_held(request),
          .forced = run.supervised.wants_restart};
}

// The next run of a container whose policy wants one; none: it stays down.
Result<std::optional<LaunchedContainer>> next_run(const MonitorRequest& request,
                                                  RestartPlan& plan,
                                                  RunOutcome outcome,
                                                  std::optional<BetweenRuns> between) {
  for (;;) {
    const auto pause = plan.after(current_policy(request), outcome);
    if (!pause) return std::nullopt;
    if (!between) between.emplace(TRY(BetweenRuns::create(request)));
    // The mark is looked at once the socket is there: who stops it writes the mark first.
    if (is_held(request) || !TRY(between->wait(*pause))) return std::nullopt;
    // The socket stays until the container is there: nobody shall see neither.
    Result<LaunchedContainer> container = launch_again(request, plan.count());
    if (container) return std::move(*container);
    outcome = {.status = launch_exit_status(container.error()), .held = is_held(request)};
  }
}

// Every run of the container but the first, which is under way.
Result<CleanUp> supervise_runs(const MonitorRequest& request, LaunchedContainer first) {
  RestartPlan plan;
  std::optional<LaunchedContainer> container(std::move(first));
  for (;;) {
    Run run = TRY(supervise_container(request, std::move(*container), plan));
    // With --rm it is not started again.
    if (!request.clean_up.empty()) return run.supervised.clean_up;
    container = TRY(next_run(request, plan, outcome_of(request, run), std::move(run.between)));
    if (!container) return run.supervised.clean_up;
  }
}

Result<MonitorRequest> prepare(const std::vector<std::string>& arguments) {
  TRY(leave_caller());
  return read_arguments(arguments);
}

// The caller's, which are of the first run only.
std::vector<kernel::UniqueFd> handed_on(unsigned count) {
  std::vector<kernel::UniqueFd> fds;
  fds.reserve(count);
  for (unsigned i = 0; i < count; ++i) fds.emplace_back(kFirstHandedOn + static_cast<int>(i));
  return fds;
}

}  // namespace

int run_monitor(const std::vector<std::string>& arguments, kernel::UniqueFd client) {
  Result<MonitorRequest> request = prepare(arguments);
  if (!request) return report_failure(client.get(), request.error());
  std::vector<kernel::UniqueFd> fds = handed_on(request->preserve_fds);
  Result<LaunchedContainer> container = launch_container(*request, client.get());
  fds.clear();
  request->preserve_fds = 0;
  if (!container) {
    release_network(request->container);
    return report_failure(client.get(), container.error());
  }
  container->charge.first_client = std::move(client);
  const Result<CleanUp> end = supervise_runs(*request, std::move(*container));
  // Not before: a container that is started again keeps its addresses and ports.
  release_network(request->container);
  // Without its supervisor the container is killed by the kernel; the clean-up removes the rest.
  if (!end || *end == CleanUp::ByMonitor) clean_up(*request);
  return end ? 0 : kExitEngine;
}

}  // namespace isle::monitor
