// start: the hooks of the container's side, then the word to its init.

#include <csignal>
#include <optional>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/process.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/launch/hooks.h"
#include "runtime/launch/launch.h"
#include "runtime/launch/message.h"
#include "runtime/launch/seccomp_agent.h"
#include "runtime/launch/stage.h"
#include "runtime/state/create.h"
#include "runtime/state/files.h"

namespace isle::runtime {

namespace {

// The plan the container was made by: computed again, only to name the step that failed. What
// create was asked besides (a pid file, a console) may have been steps of it, too, so the step is
// counted from the end.
Error explain(const oci::Spec& spec, const ContainerState& state, Report report) {
  const Result<HostFacts> facts = gather_facts();
  if (facts) {
    const Result<LaunchPlan> plan = make_plan(
        {.id = state.id, .bundle = state.bundle, .spec = spec, .wait_for_start = true}, *facts);
    if (plan && report.left < plan->steps.size()) {
      report.step = static_cast<std::uint32_t>(plan->steps.size()) - 1 - report.left;
      return launch::step_error(*plan, report);
    }
  }
  return fail_call(report.errnum, report.call, report.text).error();
}

// The filter is installed after the word to start: its listener comes here. Without its agent the
// command would wait for ever.
Result<void> pass_listener(const oci::Spec& spec,
                           const ContainerState& state,
                           const kernel::UniqueFd& listener) {
  const Result<kernel::UniqueFd> pidfd = kernel::open_pidfd(state.pid);
  Result<void> sent = launch::send_listener(
      *spec.linux_->seccomp, state.pid, hook_state(state, "created"), listener);
  if (!sent && pidfd) static_cast<void>(kernel::send_signal(pidfd->get(), SIGKILL));
  return sent;
}

Result<void> release(const HostPath& root, const oci::Spec& spec, const ContainerState& state) {
  const kernel::UniqueFd socket = TRY(connect_for_start(root, state.id));
  for (;;) {
    const std::optional<launch::Message> message = TRY(launch::receive_message(socket.get()));
    if (!message) return {};  // exec closed it
    if (message->report.kind != ReportKind::Listener) {
      return std::unexpected(explain(spec, state, message->report));
    }
    TRY(pass_listener(spec, state, message->fd));
  }
}

Result<void> run_start_hooks(const oci::Spec& spec, const ContainerState& state) {
  if (!spec.hooks || spec.hooks->start_container.empty()) return {};
  launch::Child init{.pid = state.pid, .pidfd = TRY(kernel::open_pidfd(state.pid))};
  return launch::run_inside(
      "startContainer", spec.hooks->start_container, init, hook_state(state, "created"));
}

// What was created can never run: it ends, as after any other start that fails.
std::unexpected<Error> refuse_no_process(const ContainerState& state) {
  if (const Result<kernel::UniqueFd> init = kernel::open_pidfd(state.pid)) {
    static_cast<void>(kernel::send_signal(init->get(), SIGKILL));
  }
  return fail(ErrorKind::InvalidArgument,
              "process: the spec names no process to start",
              "delete the container, and create it with a process");
}

}  // namespace

Result<void> start_container(const HostPath& root, std::string_view id) {
  kernel::UniqueFd lock = TRY(lock_container(root, id));
  ContainerState state = TRY(load_state(root, id));
  const Status status = status_of(state);
  if (status != Status::Created) {
    return fail(ErrorKind::Conflict,
                format("cannot start container {}: it is {}", quoted(id), to_string(status)),
                status == Status::Stopped ? "delete it and create it again" : "");
  }
  const oci::Spec spec = TRY(load_config(root, id));
  if (!spec.process) return refuse_no_process(state);
  TRY(run_start_hooks(spec, state));
  TRY(release(root, spec, state));
  state.started = true;
  TRY(save_state(root, state));
  if (spec.hooks && !spec.hooks->poststart.empty()) {
    Result<void> run =
        launch::run_hooks("poststart", spec.hooks->poststart, hook_state(state, "running"));
    if (run) return {};
    // One that fails ends the container (runtime-spec 1.3, as runc and crun always had it).
    lock.reset();
    static_cast<void>(delete_container(root, id, true));
    return run;
  }
  return {};
}

}  // namespace isle::runtime
