// exec: one more process in a running container, by the same plan and launch as the first.

#include "base/strings.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/launch/launch.h"
#include "runtime/state/create.h"
#include "runtime/state/exec_group.h"
#include "runtime/state/files.h"
#include "runtime/state/home.h"

namespace isle::runtime {

namespace {

Result<void> check_status(const ExecRequest& request, Status status) {
  if (status == Status::Running || status == Status::Created) return {};
  if (status == Status::Paused && request.ignore_paused) return {};
  return fail(
      ErrorKind::Conflict,
      format("cannot exec in container {}: it is {}", quoted(request.id), to_string(status)),
      status == Status::Paused ? "resume it first, or let it wait with --ignore-paused" : "");
}

// Affinity is for all that is executed in the container, unless the process says its own; HOME is
// what the container's passwd has.
oci::Process process_of(const ExecRequest& request, const oci::Spec& spec, Pid init) {
  oci::Process process = request.process;
  if (!process.exec_cpu_affinity && spec.process) {
    process.exec_cpu_affinity = spec.process->exec_cpu_affinity;
  }
  if (!has_home(process)) {
    const HostPath inside(format("/proc/{}/root", init.value));
    process.env.push_back("HOME=" + home_in(inside, process.user.uid));
  }
  return process;
}

ExecPlanRequest::Groups groups_of(const kernel::cgroup::Group& group) {
  const std::string* v2 = group.v2_directory();
  return {.v1 = group.directories().size() > (v2 == nullptr ? 0U : 1U), .v2 = v2 != nullptr};
}

}  // namespace

Result<ExecutedProcess> exec_in_container(const ExecRequest& request) {
  const ContainerState state = TRY(load_state(request.root, request.id));
  const Status status = status_of(state);
  TRY(check_status(request, status));
  const oci::Spec spec = TRY(load_config(request.root, request.id));
  const oci::Linux linux_ = spec.linux_.value_or(oci::Linux());
  const HostFacts facts = TRY(gather_facts());
  bool own_user_namespace = false;
  for (const std::string& type : state.namespaces) own_user_namespace |= type == "user";
  oci::Process process = process_of(request, spec, state.pid);
  // From one session of a user to another only systemd can move a process.
  const bool by_systemd = state.systemd_user && !facts.host_root();
  if (by_systemd && !request.sub_groups.empty()) {
    return fail(ErrorKind::Unsupported,
                "--cgroup: systemd moves the process into the scope itself, not below it",
                "leave --cgroup out, or run it as root");
  }
  std::optional<kernel::Systemd> systemd;
  if (by_systemd) systemd.emplace(TRY(kernel::Systemd::connect(kernel::Manager::User)));
  // Not by the facts: what was delegated to this session need not be what was to the container's.
  const kernel::cgroup::Layout layout =
      facts.delegated_cgroups ? TRY(kernel::cgroup::detect_layout()) : facts.cgroups;
  kernel::cgroup::Group group = kernel::cgroup::Group::reopen(
      layout, TRY(exec_directories(state, layout, request.sub_groups)));
  LaunchPlan plan = TRY(make_exec_plan({.id = request.id,
                                        .process = std::move(process),
                                        .namespaces = state.namespaces,
                                        .own_user_namespace = own_user_namespace,
                                        .seccomp = linux_.seccomp,
                                        .memory_policy = linux_.memory_policy,
                                        .personality = linux_.personality,
                                        .preserve_fds = request.preserve_fds,
                                        .groups = groups_of(group),
                                        .systemd_unit = by_systemd ? state.systemd_unit : "",
                                        .pid_file = request.pid_file},
                                       facts));
  launch::LaunchIo io{.measure = request.measure,
                      .start_listener = {},
                      .seccomp_cache = request.root / ".seccomp",
                      .group = &group,
                      .systemd = systemd ? &*systemd : nullptr,
                      .state_json = [&state](Pid) { return hook_state(state, "running"); },
                      .target = state.pid,
                      .target_start = state.pid_start,
                      .on_init = {}};
  for (int i = 0; i < 3; ++i) io.stdio[i] = request.stdio[i];
  launch::Launched launched = TRY(launch::launch(plan, std::move(io)));
  std::vector<std::string> warnings = plan.warnings;
  for (std::string& warning : launched.warnings) warnings.push_back(std::move(warning));
  return ExecutedProcess{.pid = launched.pid,
                         .pidfd = std::move(launched.pidfd),
                         .console = std::move(launched.console),
                         .plan = std::move(plan),
                         .step_times = std::move(launched.step_times),
                         .warnings = std::move(warnings)};
}

}  // namespace isle::runtime
