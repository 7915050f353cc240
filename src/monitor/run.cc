#include "monitor/run.h"

#include <sys/stat.h>
#include <unistd.h>

#include "monitor/ending.h"
#include "monitor/own_cgroup.h"
#include "monitor/wire.h"

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

Result<CleanUp> supervise_container(const MonitorRequest& request, LaunchedContainer container) {
  OwnCgroup own_cgroup;
  const Duties duties{
      .ended =
          [&](const kernel::ExitStatus& exit) { return end_container(request, container, exit); },
      .settle = [&] { own_cgroup.join(); }};
  return supervise(std::move(container.charge), duties);
}

Result<MonitorRequest> prepare(const std::vector<std::string>& arguments) {
  TRY(leave_caller());
  return read_arguments(arguments);
}

}  // namespace

int run_monitor(const std::vector<std::string>& arguments, kernel::UniqueFd client) {
  const Result<MonitorRequest> request = prepare(arguments);
  if (!request) return report_failure(client.get(), request.error());
  Result<LaunchedContainer> container = launch_container(*request, client.get());
  if (!container) return report_failure(client.get(), container.error());
  container->charge.first_client = std::move(client);
  const Result<CleanUp> end = supervise_container(*request, std::move(*container));
  // Without its supervisor the container is killed by the kernel; the clean-up removes the rest.
  if (!end || *end == CleanUp::ByMonitor) clean_up(*request);
  return end ? 0 : kExitEngine;
}

}  // namespace isle::monitor
