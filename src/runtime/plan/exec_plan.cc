// One more process in a running container. The stage enters the container's namespaces through its
// init's pidfd (setns(2), Linux 5.8), and its root by a descriptor of /proc/PID/root: where setns
// lands is the mount namespace's root, which is the container's only after a pivot.

#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/strings.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/seccomp.h"

namespace isle::runtime {

namespace plan {

void add_entering_stage(LaunchPlan& plan, const oci::Strings& namespaces) {
  const auto stage = [&](Operation operation, std::string what, std::string why) {
    plan.steps.push_back({.actor = Actor::Stage,
                          .operation = std::move(operation),
                          .what = std::move(what),
                          .why = std::move(why)});
  };
  std::uint64_t flags = 0;
  for (const std::string& type : namespaces) flags |= namespace_flag(type);
  stage(call(SYS_prctl,
             "prctl(PR_SET_DUMPABLE, 0)",
             {std::uint64_t{PR_SET_DUMPABLE}, 0UL, 0UL, 0UL, 0UL}),
        "hide from the container",
        "a process of the container may not trace or read this one");
  stage(call(SYS_setns,
             format("setns(pidfd of init, {} namespaces)", namespaces.size()),
             {Slot{.kind = SlotKind::Pidfd}, flags}),
        "enter the namespaces",
        join(namespaces, ", "));
  stage(op::Clone{.flags = 0, .into_cgroup = false},
        "make the process",
        "only children are in a joined PID namespace");
}

}  // namespace plan

namespace {

using plan::call;

// What the parent does once the process is there, and what the process waits for.
void add_parent_part(LaunchPlan& plan, const ExecPlanRequest& request) {
  const auto parent = [&](Operation operation, std::string what, std::string why) {
    plan.steps.push_back({.actor = Actor::Parent,
                          .operation = std::move(operation),
                          .what = std::move(what),
                          .why = std::move(why)});
  };
  if (!request.systemd_unit.empty()) {
    parent(op::AttachToScope{.unit = request.systemd_unit},
           "join the container's scope",
           "its limits hold for this process as well");
  } else if (request.groups.v2) {
    parent(op::AttachCgroup{.part = kernel::cgroup::Group::Part::V2},
           "join the container's control group",
           "its limits hold for this process as well");
  }
  if (!request.pid_file.empty()) {
    parent(op::WritePidFile{.path = request.pid_file.str()},
           "write the pid file",
           "the caller asked for it");
  }
  if (request.process.oom_score_adj) {
    parent(op::OomScore{.value = *request.process.oom_score_adj},
           "set the OOM score",
           "process.oomScoreAdj");
  }
  parent(op::Notify{.barrier = Barrier::Prepared}, "let the process go on", "");
}

void add_console(LaunchPlan& plan, const oci::Process& process) {
  if (!process.terminal) return;
  op::OpenConsole console{.bind_dev_console = false, .owner = process.user.uid};
  if (process.console_size) {
    console.height = process.console_size->height;
    console.width = process.console_size->width;
  }
  plan.steps.push_back({.actor = Actor::Init,
                        .operation = console,
                        .what = "open the console",
                        .why = "a terminal of the container's own devpts"});
  plan.steps.push_back({.actor = Actor::Parent,
                        .operation = op::ReceiveConsole{},
                        .what = "receive the console",
                        .why = "its other end stays here"});
}

}  // namespace

Result<LaunchPlan> make_exec_plan(const ExecPlanRequest& request, const HostFacts& facts) {
  LaunchPlan plan;
  plan.id = request.id;
  plan.uses_stage = true;
  if (request.seccomp) plan.filter = TRY(seccomp_filter(*request.seccomp));
  plan.terminal = request.process.terminal;
  const auto init = [&](Operation operation, std::string what, std::string why) {
    plan.steps.push_back({.actor = Actor::Init,
                          .operation = std::move(operation),
                          .what = std::move(what),
                          .why = std::move(why)});
  };
  if (request.seccomp && seccomp_notifies(*request.seccomp)) {
    plan.decided_by_agent = request.seccomp;
    plan.steps.push_back(plan::find_agent_step(*request.seccomp));
  }
  plan.steps.push_back({.actor = Actor::Parent,
                        .operation = op::Clone{.makes_stage = true},
                        .what = "start the stage",
                        .why = "the runtime itself stays outside"});
  TRY(plan::add_initial_affinity(plan, request.process));
  plan::add_entering_stage(plan, request.namespaces);
  add_parent_part(plan, request);
  if (request.groups.v1 && request.systemd_unit.empty()) {
    init(op::JoinGroups{},
         "join the container's control groups",
         "its limits hold for this process as well");
  }
  init(op::Await{.barrier = Barrier::Prepared}, "wait for the parent", "");
  TRY(plan::add_final_affinity(plan, request.process));
  init(call(SYS_setsid, "setsid()", {}),
       "start a session",
       "the caller's terminal is not the container's");
  init(op::ChangeRoot{.root = {.kind = SlotKind::ExecRoot}},
       "change the root",
       "to the root of the container's init");
  add_console(plan, request.process);
  TRY(plan::add_tuning(plan, request.process, request.memory_policy, request.personality));
  TRY(plan::add_process(plan,
                        {.process = request.process,
                         .facts = facts,
                         .seccomp = request.seccomp,
                         .new_or_joined_user_namespace = request.own_user_namespace,
                         .preserve_fds = request.preserve_fds}));
  return plan;
}

}  // namespace isle::runtime
