// The order of a container's making, on one page. What each part adds and why is in the file of its
// name; see runtime/plan/builder.h.

#include "runtime/plan/make_plan.h"
#include "base/strings.h"

#include <sys/syscall.h>

#include <algorithm>

#include "kernel/seccomp_arch.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/seccomp.h"

namespace isle::runtime {

namespace plan {
namespace {

Result<void> check_labels(const Builder& builder) {
  if (builder.linux_.mount_label.empty() || builder.facts.selinux) return {};
  return fail(ErrorKind::Unsupported,
              "linux.mountLabel: SELinux is not in force on this host",
              "leave the label out");
}

void add_console(Builder& builder) {
  const oci::Process* process = builder.process();
  if (process == nullptr || !process->terminal) return;
  op::OpenConsole console{.owner = process->user.uid};
  if (process->console_size) {
    console.height = process->console_size->height;
    console.width = process->console_size->width;
  }
  builder.init(console, "open the console", "a terminal of the container's own devpts");
  builder.parent(op::ReceiveConsole{}, "receive the console", "its other end stays on the host");
  builder.result.terminal = true;
}

void add_working_directory(Builder& builder) {
  const oci::Process* process = builder.process();
  if (process == nullptr || process->cwd == "/" || !process->cwd.starts_with('/')) return;
  builder.init(op::MakeDirectory{.path = process->cwd},
               "make " + process->cwd,
               "the working directory, if the image has none");
}

// The steps that were found out while init's part was planned belong before the first clone.
void place_early_steps(Builder& builder) {
  std::vector<Step>& steps = builder.result.steps;
  const auto clone = std::ranges::find_if(
      steps, [](const Step& step) { return std::holds_alternative<op::Clone>(step.operation); });
  steps.insert(clone,
               std::make_move_iterator(builder.early_parent_steps.begin()),
               std::make_move_iterator(builder.early_parent_steps.end()));
}

// crun's annotations: docs/oci.md.
bool annotated(const Builder& builder, const char* name) {
  const auto found = builder.request.spec.annotations.find(name);
  return found != builder.request.spec.annotations.end() && found->second != "0";
}

Result<void> refuse_unknown_calls(const oci::Seccomp& seccomp) {
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    for (const std::string& name : seccomp.syscalls[i].names) {
      if (kernel::is_syscall_name(name)) continue;
      return fail(
          ErrorKind::InvalidArgument,
          format("linux.seccomp.syscalls[{}].names: {} is no system call that is known here",
                 i,
                 quoted(name)),
          "the annotation run.oci.seccomp_fail_unknown_syscall asks for this refusal");
    }
  }
  return {};
}

Result<void> add_filter(Builder& builder, const oci::Seccomp& seccomp) {
  builder.result.filter = TRY(seccomp_filter(seccomp));
  if (seccomp_notifies(seccomp)) {
    builder.result.decided_by_agent = seccomp;
    builder.early_parent_steps.push_back(find_agent_step(seccomp));
    return {};
  }
  if (std::ranges::find(seccomp.flags, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") !=
      seccomp.flags.end()) {
    builder.warn(
        "linux.seccomp.flags: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV does nothing without "
        "SCMP_ACT_NOTIFY");
  }
  return {};
}

void keep_groups(LaunchPlan& plan) {
  std::erase_if(plan.steps, [](const Step& step) {
    const auto* operation = std::get_if<op::Call>(&step.operation);
    return step.actor == Actor::Init && operation != nullptr && operation->number == SYS_setgroups;
  });
}

// What a container without a process is made with: nothing of it is ever executed.
const oci::Process& no_process() {
  static const oci::Process kNone{.cwd = "/"};
  return kNone;
}

Result<void> add_command(Builder& builder) {
  // REQUIRED when start is called, not before (config.md, "Process").
  if (builder.process() == nullptr && !builder.request.wait_for_start) {
    return fail(ErrorKind::InvalidArgument, "process: the spec names no process to start");
  }
  if (builder.request.no_pivot) {
    builder.warn(
        "--no-pivot: the host's root stays below the container's; CAP_SYS_CHROOT is dropped");
  }
  const std::optional<oci::Seccomp>& seccomp = builder.linux_.seccomp;
  // Compiled when the plan runs; what cannot be meant is said now.
  if (seccomp) TRY(add_filter(builder, *seccomp));
  if (seccomp && annotated(builder, "run.oci.seccomp_fail_unknown_syscall")) {
    TRY(refuse_unknown_calls(*seccomp));
  }
  const oci::Process& process = builder.process() != nullptr ? *builder.process() : no_process();
  TRY(check_affinity(process));
  TRY(add_tuning(
      builder.result, process, builder.linux_.memory_policy, builder.linux_.personality));
  TRY(add_process(builder.result,
                  {.process = process,
                   .facts = builder.facts,
                   .seccomp = seccomp,
                   .new_or_joined_user_namespace = builder.isolated(Kind::User),
                   .has_command = builder.process() != nullptr,
                   .wait_for_start = builder.request.wait_for_start,
                   .kill_with_parent = builder.request.kill_with_parent,
                   .preserve_fds = builder.request.preserve_fds,
                   .keep_sys_chroot = !builder.request.no_pivot,
                   .is_seen_by_others = !builder.is_new(Kind::Pid)}));
  if (annotated(builder, "run.oci.keep_original_groups")) keep_groups(builder.result);
  return {};
}

Result<LaunchPlan> build(Builder& builder) {
  TRY(check_labels(builder));
  TRY(read_namespaces(builder));
  TRY(check_net_devices(builder));
  TRY(check_wiring(builder));
  TRY(check_resctrl(builder));
  TRY(add_cgroup(builder));
  TRY(add_source_trees(builder));
  add_processes(builder);
  add_own_namespaces(builder);
  TRY(add_root(builder));
  TRY(add_mounts(builder));
  TRY(add_devices(builder));
  add_working_directory(builder);
  add_console(builder);
  add_hooks(builder);
  TRY(add_system(builder));
  add_masks(builder);
  add_root_change(builder);
  TRY(add_command(builder));
  place_early_steps(builder);
  return std::move(builder.result);
}

}  // namespace

Step find_agent_step(const oci::Seccomp& seccomp) {
  return {.actor = Actor::Parent,
          .operation = op::FindSeccompAgent{.path = seccomp.listener_path},
          .what = "find the seccomp agent",
          .why = "it decides calls of this container; without it they would wait for ever"};
}

}  // namespace plan

Result<LaunchPlan> make_plan(const PlanRequest& request, const HostFacts& facts) {
  static const oci::Linux kNoLinux;
  plan::Builder builder{.request = request,
                        .facts = facts,
                        .linux_ = request.spec.linux_ ? *request.spec.linux_ : kNoLinux,
                        .result = {}};
  builder.result.id = request.id;
  builder.result.hooks = request.spec.hooks;
  builder.result.waits_for_start = request.wait_for_start;
  return plan::build(builder);
}

}  // namespace isle::runtime
