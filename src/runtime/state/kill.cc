// kill, pause, resume, delete.

#include <signal.h>
#include <time.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/cgroup/group.h"
#include "kernel/process.h"
#include "kernel/signal.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/launch/hooks.h"
#include "runtime/state/create.h"
#include "runtime/state/files.h"
#include "runtime/state/resctrl.h"
#include "runtime/state/scope.h"

namespace isle::runtime {

namespace {

Result<kernel::cgroup::Group> group_of(const ContainerState& state) {
  return kernel::cgroup::Group::reopen(TRY(kernel::cgroup::detect_layout()),
                                       state.cgroup_directories);
}

// containerd looks for the first three words.
Error not_running(std::string_view id, Status status) {
  return fail(ErrorKind::Conflict,
              format("container not running: {} is {}", quoted(id), to_string(status)))
      .error();
}

// Only if the process is still the container's: the pidfd is opened first, then checked.
Result<kernel::UniqueFd> open_init(const ContainerState& state) {
  Result<kernel::UniqueFd> pidfd = kernel::open_pidfd(state.pid);
  if (!pidfd && pidfd.error().errnum != ESRCH) return pidfd;
  if (!pidfd || !is_alive(state)) return std::unexpected(not_running(state.id, Status::Stopped));
  return pidfd;
}

}  // namespace

Result<void> kill_container(const HostPath& root, std::string_view id, int signal, bool all) {
  const ContainerState state = TRY(load_state(root, id));
  if (all && !state.cgroup_directories.empty()) {
    return TRY(group_of(state)).signal_all(signal);
  }
  const Status status = status_of(state);
  if (status == Status::Stopped || status == Status::Creating) {
    return std::unexpected(not_running(id, status));
  }
  const kernel::UniqueFd pidfd = TRY(open_init(state));
  if (const Result<void> sent = kernel::send_signal(pidfd.get(), signal); !sent) {
    // It ended, and was reaped, since its state was read.
    if (sent.error().errnum == ESRCH) return std::unexpected(not_running(id, Status::Stopped));
    TRY_STEP(sent, format("send {} to container {}", kernel::signal_name(signal), quoted(id)));
  }
  // A frozen process dies of SIGKILL on v2, but only once it is thawed on v1.
  if (signal == SIGKILL && status == Status::Paused) return TRY(group_of(state)).thaw();
  return {};
}

Result<void> pause_container(const HostPath& root, std::string_view id) {
  const kernel::UniqueFd lock = TRY(lock_container(root, id));
  const ContainerState state = TRY(load_state(root, id));
  const Status status = status_of(state);
  if (status != Status::Running && status != Status::Created) {
    return std::unexpected(not_running(id, status));
  }
  return TRY(group_of(state)).freeze();
}

Result<void> resume_container(const HostPath& root, std::string_view id) {
  const kernel::UniqueFd lock = TRY(lock_container(root, id));
  const ContainerState state = TRY(load_state(root, id));
  if (const Status status = status_of(state); status != Status::Paused) {
    return fail(ErrorKind::Conflict,
                format("container {} is not paused: it is {}", quoted(id), to_string(status)));
  }
  return TRY(group_of(state)).thaw();
}

namespace {

Result<void> kill_everything(const ContainerState& state) {
  if (!state.cgroup_directories.empty()) TRY(TRY(group_of(state)).kill_all());
  if (!is_alive(state)) return {};
  const Result<kernel::UniqueFd> pidfd = open_init(state);
  if (!pidfd) return {};
  const Result<void> sent = kernel::send_signal(pidfd->get(), SIGKILL);
  // Between the look and the signal it may have ended: killed with its group, and reaped.
  if (!sent && sent.error().errnum != ESRCH) return sent;
  // Somebody else reaps it; until then it is a zombie, which is_alive does not count.
  for (int i = 0; i < 1000 && is_alive(state); ++i) {
    constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 1'000'000};
    nanosleep(&kPause, nullptr);
  }
  return {};
}

// The state cannot be read: the specification leads to the control groups once more.
Result<void> remove_unknown(const HostPath& root, std::string_view id) {
  const oci::Spec spec = TRY(load_config(root, id));
  const HostFacts facts = TRY(gather_facts());
  // Where those who make containers put them when the specification does not say.
  for (const char* prefix : {"/islet-", "/isle/"}) {
    const PlanRequest request{
        .id = std::string(id), .bundle = {}, .spec = spec, .default_cgroup_prefix = prefix};
    const LaunchPlan plan = TRY(make_plan(request, facts));
    if (!plan.cgroup) {
      return fail(ErrorKind::NotFound, "it had no control group that would name its processes");
    }
    const kernel::cgroup::Group group =
        TRY(kernel::cgroup::Group::at(facts.cgroups, plan.cgroup->path, plan.cgroup->join));
    TRY(group.kill_all());
    TRY(group.remove());
    group.remove_empty_parents(1);
  }
  return {};
}

}  // namespace

namespace {

Result<void> remove_group(const ContainerState& state, const kernel::cgroup::Group& group) {
  // Children may have outlived an init without a PID namespace of its own.
  TRY(group.kill_all());
  TRY(stop_scope(state));
  TRY(group.remove());
  if (state.systemd_unit.empty()) group.remove_empty_parents(1);
  return {};
}

}  // namespace

Result<void> remove_group(const ContainerState& state) {
  if (state.cgroup_directories.empty()) return {};
  return remove_group(state, TRY(group_of(state)));
}

namespace {

void run_poststop(const oci::Spec& spec, const ContainerState& state) {
  if (!spec.hooks || spec.hooks->poststop.empty()) return;
  ContainerState stopped = state;
  stopped.pid = {};
  const Result<void> run =
      launch::run_hooks("poststop", spec.hooks->poststop, hook_state(stopped, "stopped"));
  if (!run) print_error("warning", run.error());
}

Result<void> undo_spec(const oci::Spec& spec, const ContainerState& state) {
  TRY(leave_resctrl(spec, state.id));
  run_poststop(spec, state);
  return {};
}

// Of a container whose lock we hold.
Result<void> remove_all(const HostPath& root, const ContainerState& state, const Remains& known) {
  if (status_of(state) != Status::Stopped) TRY(kill_everything(state));
  TRY(known.group ? remove_group(state, *known.group) : remove_group(state));
  if (known.spec) {
    TRY(undo_spec(*known.spec, state));
  } else if (const Result<oci::Spec> spec = load_config(root, state.id)) {
    TRY(undo_spec(*spec, state));
  }
  remove_state(root, state.id);
  return {};
}

}  // namespace

Result<void> delete_own_container(const HostPath& root,
                                  const ContainerState& made,
                                  const Remains& remains) {
  const Result<kernel::UniqueFd> lock = lock_container(root, made.id);
  if (!lock) {
    if (lock.error().kind == ErrorKind::NotFound) return {};
    return std::unexpected(lock.error());
  }
  const Result<ContainerState> state = load_state(root, made.id);
  if (!state && state.error().kind == ErrorKind::NotFound) return {};
  // One that cannot be read is still ours: we know what was in it.
  if (!state) return remove_all(root, made, remains);
  if (state->pid != made.pid || state->pid_start != made.pid_start) return {};
  if (state->updated) return remove_all(root, *state, {});
  return remove_all(root, *state, remains);
}

Result<void> delete_container(const HostPath& root, std::string_view id, bool force) {
  TRY(check_container_id(id));
  const Result<kernel::UniqueFd> lock = lock_container(root, id);
  if (!lock) {
    if (force && lock.error().kind == ErrorKind::NotFound) return {};
    return std::unexpected(lock.error());
  }
  const Result<ContainerState> state = load_state(root, id);
  if (!state) {
    if (!force) return std::unexpected(state.error());
    if (state.error().kind != ErrorKind::NotFound) {
      print_error("warning", state.error());
      const Result<void> removed = remove_unknown(root, id);
      if (!removed) print_error("warning: processes of it may be left", removed.error());
    }
    remove_state(root, id);
    return {};
  }
  const Status status = status_of(*state);
  // A created container has done nothing yet: it goes as it came (runtime-spec runtime.md lets a
  // runtime refuse; runc and crun do not).
  const bool has_run = status == Status::Running || status == Status::Paused;
  if (has_run && !force) {
    return fail(ErrorKind::Conflict,
                format("container {} is {}", quoted(id), to_string(status)),
                "stop it first (kill), or delete --force");
  }
  return remove_all(root, *state, {});
}

}  // namespace isle::runtime
