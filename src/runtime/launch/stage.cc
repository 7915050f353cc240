#include "runtime/launch/stage.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "base/strings.h"
#include "kernel/raw/call.h"
#include "runtime/launch/hooks.h"
#include "runtime/launch/progress.h"

namespace isle::runtime::launch {

namespace {

void copy_text(char* to, std::size_t size, std::string_view from) {
  const std::size_t length = std::min(size - 1, from.size());
  std::memcpy(to, from.data(), length);
  to[length] = '\0';
}

void send_report(int fd, const Report& report) {
  static_cast<void>(send(fd, &report, sizeof report, MSG_NOSIGNAL));
}

class FirstStage {
 public:
  explicit FirstStage(const StageContext& context) : context_(context) {}

  Result<void> perform(const Step& step) {
    if (const auto* operation = std::get_if<op::Call>(&step.operation))
      return system_call(*operation);
    if (const auto* operation = std::get_if<op::Notify>(&step.operation)) return notify(*operation);
    if (const auto* operation = std::get_if<op::Await>(&step.operation)) return await(*operation);
    if (const auto* operation = std::get_if<op::TimeOffsets>(&step.operation)) {
      return shift_clocks(*operation);
    }
    if (const auto* operation = std::get_if<op::Clone>(&step.operation)) return clone(*operation);
    return fail(ErrorKind::Internal, "the stage has no such step");
  }

 private:
  const StageContext& context_;

  Result<void> system_call(const op::Call& operation) {
    std::uint64_t words[6] = {};
    for (std::size_t i = 0; i < operation.arguments.size() && i < 6; ++i) {
      const op::CallArgument& argument = operation.arguments[i];
      if (const auto* number = std::get_if<std::uint64_t>(&argument)) words[i] = *number;
      if (const auto* slot = std::get_if<Slot>(&argument)) {
        words[i] = static_cast<std::uint64_t>(context_.slots.number(*slot));
      }
      if (const auto* text = std::get_if<std::string>(&argument)) {
        words[i] = kernel::raw::word(text->c_str());
      }
      if (const auto* blob = std::get_if<op::Blob>(&argument)) {
        words[i] = kernel::raw::word(blob->data());
      }
    }
    const long result = kernel::raw::call(
        operation.number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (result < 0) return fail_call(static_cast<int>(-result), "");
    return {};
  }

  Result<void> notify(const op::Notify& operation) {
    Report report{};
    report.kind = ReportKind::Reached;
    report.barrier = operation.barrier;
    send_report(context_.report_fd, report);
    return {};
  }

  Result<void> await(const op::Await& operation) {
    Report report{};
    const ssize_t count = recv(context_.report_fd, &report, sizeof report, 0);
    if (count == sizeof report && report.kind == ReportKind::Go &&
        report.barrier == operation.barrier) {
      return {};
    }
    return fail(ErrorKind::Internal, "the parent went away");
  }

  // time_namespaces(7): "<clock> <seconds> <nanoseconds>", for the children's namespace.
  Result<void> shift_clocks(const op::TimeOffsets& operation) {
    std::string text;
    for (const auto& [clock, offset] : operation.offsets) {
      text += format("{} {} {}\n", clock, offset.secs, offset.nanosecs);
    }
    const kernel::UniqueFd fd =
        TRY(kernel::open_at(context_.slots.proc.get(), "self/timens_offsets", O_WRONLY));
    if (write(fd.get(), text.data(), text.size()) < 0) {
      return fail_call(errno,
                       "write(/proc/self/timens_offsets)",
                       {},
                       "clocks may not become negative, nor pass 146 years");
    }
    return {};
  }

  Result<void> clone(const op::Clone& operation) {
    const Child child =
        TRY(clone_init({.flags = operation.flags,
                        .cgroup = operation.into_cgroup ? context_.slots.cgroup : -1,
                        .as_sibling = true},
                       context_.program));
    Report report{};
    report.kind = ReportKind::Made;
    report.value = child.pid.value;
    send_report(context_.report_fd, report);
    return {};
  }
};

void note_time(const StageContext& context, std::size_t index) {
  if (context.times == nullptr) return;
  context.times[index] = real_time_ns();
}

Report failure(std::size_t index, const Error& error) {
  Report report{};
  report.kind = ReportKind::Failed;
  report.step = static_cast<std::uint32_t>(index);
  report.errnum = error.errnum;
  copy_text(report.call, sizeof report.call, "");
  copy_text(report.text,
            sizeof report.text,
            error.hint.empty() ? error.message
                               : error.message + (error.message.empty() ? "" : ": ") + error.hint);
  return report;
}

}  // namespace

void run_first_stage(const StageContext& context) {
  FirstStage stage(context);
  for (std::size_t i = 0; i < context.plan.steps.size(); ++i) {
    const Step& step = context.plan.steps[i];
    if (step.actor != Actor::Stage) continue;
    const Result<void> result = stage.perform(step);
    if (!result) {
      send_report(context.report_fd, failure(i, result.error()));
      _exit(1);
    }
    note_time(context, i);
    if (std::holds_alternative<op::Clone>(step.operation)) break;
  }
  _exit(0);
}

namespace {

// Enters init's namespaces; the root is then the host's tree as init still sees it.
Result<void> enter(const Child& init, int root) {
  constexpr int kFlags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
                         CLONE_NEWCGROUP | CLONE_NEWPID | CLONE_NEWUSER;
  if (setns(init.pidfd.get(), kFlags) != 0) {
    // Its user namespace may be our own, which cannot be joined again.
    if (errno != EINVAL || setns(init.pidfd.get(), kFlags & ~CLONE_NEWUSER) != 0) {
      return fail_call(errno, "setns(pidfd of init)");
    }
  }
  if (fchdir(root) != 0 || chroot(".") != 0) return fail_call(errno, "chroot(.)");
  return {};
}

// Hooks name the root file system as the bundle does. One whose users may not go there has the
// host's root for a working directory.
void enter_bundle(const std::string& state_json) {
  const Result<json::Value> state = json::parse(state_json);
  const json::Value* bundle = state ? state->find("bundle") : nullptr;
  if (bundle == nullptr || bundle->string() == nullptr) return;
  static_cast<void>(chdir(bundle->string()->c_str()));
}

Result<void> perform_beside(const Step& step,
                            const Child& init,
                            const LaunchPlan& plan,
                            const std::string& state_json) {
  const HostPath process("/proc/" + std::to_string(init.pid.value));
  const kernel::UniqueFd host = TRY(kernel::open_file(process / "root", O_PATH | O_DIRECTORY));
  const kernel::UniqueFd root = TRY(kernel::open_file(process / "cwd", O_PATH | O_DIRECTORY));
  TRY(enter(init, host.get()));
  if (const auto* operation = std::get_if<op::CopyUp>(&step.operation)) {
    return copy_up(root.get(), *operation);
  }
  if (std::holds_alternative<op::RunHooks>(step.operation)) {
    enter_bundle(state_json);
    return run_hooks("createContainer", plan.hooks->create_container, state_json);
  }
  return fail(ErrorKind::Internal, "no stage beside init has such a step");
}

}  // namespace

namespace {

// An error on its way through a pipe: kind, words and hint.
std::string packed(const Error& error) {
  return static_cast<char>(error.kind) + error.describe() + '\0' + error.hint;
}
Error unpacked(std::string_view text) {
  Error error{.kind = ErrorKind::Internal, .message = "the stage died"};
  if (text.empty()) return error;
  const Cut parts = cut(text.substr(1), '\0');
  error.kind = static_cast<ErrorKind>(text[0]);
  error.message = parts.before;
  error.hint = parts.after;
  return error;
}

// Runs `work` in a child; what it says, or its error, comes back as words.
template <typename Work>
Result<std::string> in_stage(const Work& work) {
  kernel::FdPair pipe = TRY(kernel::make_pipe());
  const Forked forked = TRY(fork_stage());
  if (forked.in_child) {
    const Result<std::string> result = work();
    const std::string words = result ? *result : packed(result.error());
    const bool told = kernel::write_all(pipe.second.get(), words).has_value();
    _exit(result && told ? 0 : 1);
  }
  pipe.second.reset();
  std::string words = TRY(kernel::read_all(pipe.first.get(), 65536));
  if (wait_child(forked.child) == 0) return words;
  return std::unexpected(unpacked(words));
}

// For work that has nothing to say.
template <typename Work>
Result<void> in_silent_stage(const Work& work) {
  TRY(in_stage([&]() -> Result<std::string> {
    TRY(work());
    return std::string();
  }));
  return {};
}

}  // namespace

Result<kernel::UniqueFd> network_of(const Child& init, int joined) {
  if (joined >= 0) return kernel::duplicate(joined);
  return kernel::open_file(HostPath(format("/proc/{}/ns/net", init.pid.value)), O_RDONLY);
}

Result<MovedNetDevice> run_net_device(const op::MoveNetDevice& operation, int space) {
  const std::string words = TRY(in_stage([&]() -> Result<std::string> {
    const MovedNetDevice moved = TRY(move_net_device(operation, space));
    return moved.inside + (moved.was_up ? " up" : "");
  }));
  const Cut parts = cut(words, ' ');
  return MovedNetDevice{
      .name = operation.name, .inside = std::string(parts.before), .was_up = parts.found};
}

Result<void> run_net_device_return(const MovedNetDevice& moved, int space) {
  return in_silent_stage([&] { return return_net_device(moved, space); });
}

Result<void> run_inside(std::string_view kind,
                        const std::vector<oci::Hook>& hooks,
                        const Child& init,
                        const std::string& state_json) {
  return in_silent_stage([&]() -> Result<void> {
    const HostPath process("/proc/" + std::to_string(init.pid.value));
    const kernel::UniqueFd root = TRY(kernel::open_file(process / "root", O_PATH | O_DIRECTORY));
    TRY(enter(init, root.get()));
    return run_hooks(kind, hooks, state_json);
  });
}

Result<void> run_beside_init(const Step& step,
                             const Child& init,
                             const LaunchPlan& plan,
                             const std::string& state_json) {
  return in_silent_stage([&] { return perform_beside(step, init, plan, state_json); });
}

}  // namespace isle::runtime::launch
