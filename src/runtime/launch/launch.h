#pragma once
// Executes a plan: the parent's steps in this process, the others in the processes they belong to.

#include <functional>

#include "kernel/cgroup/group.h"
#include "kernel/fd.h"
#include "kernel/systemd.h"
#include "runtime/plan/facts.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime::launch {

struct LaunchIo {
  int stdio[3] = {0, 1, 2};
  bool measure = false;
  kernel::UniqueFd start_listener;             // with LaunchPlan::waits_for_start
  HostPath seccomp_cache;                      // directory
  kernel::cgroup::Group* group = nullptr;      // made by op::MakeCgroup, or the running container's
  kernel::Systemd* systemd = nullptr;          // with a plan that has a scope
  std::function<std::string(Pid)> state_json;  // hooks' input
  Pid target;                                  // exec: the running container's init
  std::uint64_t target_start = 0;              // its start time, /proc/PID/stat field 22
  // Called as soon as init has a number, while it still waits for the parent; it ends by itself
  // when the parent dies before the plan lets it go on.
  std::function<Result<void>(Pid)> on_init;
};

struct Launched {
  Pid pid;
  kernel::UniqueFd pidfd;
  kernel::UniqueFd console;
  kernel::UniqueFd names;                // as long as it is open its names are served
  std::vector<std::int64_t> step_times;  // ns, with LaunchIo::measure
  std::vector<std::string> warnings;     // what could not be done and was not needed
};

// Returns when the command runs (exec has succeeded), or with waits_for_start when only that is
// left. On failure no process of the launch is left; cgroup and state are the caller's to remove.
Result<Launched> launch(const LaunchPlan& plan, LaunchIo io);

// Turns a report of stage or init into the error that names the step.
Error step_error(const LaunchPlan& plan, const Report& report);

}  // namespace isle::runtime::launch
