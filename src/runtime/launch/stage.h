#pragma once
// What the stage does: ordinary code in a short-lived child of the parent.

#include "kernel/fd.h"
#include "runtime/launch/net_device.h"
#include "runtime/launch/processes.h"
#include "runtime/launch/slots.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime::launch {

struct StageContext {
  const LaunchPlan& plan;
  const Slots& slots;
  const init::Program& program;
  int report_fd;
  std::int64_t* times;  // or null
};

// The stage before init: runs all its steps up to the clone of init, reports, ends.
[[noreturn]] void run_first_stage(const StageContext& context);

// A stage beside init, for one step inside init's namespaces; waits for its end.
Result<void> run_beside_init(const Step& step,
                             const Child& init,
                             const LaunchPlan& plan,
                             const std::string& state_json);

// Init's network namespace, or the one that is joined (`joined`, -1 if none): kept open, it
// outlives init.
Result<kernel::UniqueFd> network_of(const Child& init, int joined);
// A stage that moves a network device of the host there, or back (net_device.h).
Result<MovedNetDevice> run_net_device(const op::MoveNetDevice& operation, int space);
Result<void> run_net_device_return(const MovedNetDevice& moved, int space);

// Hooks of the container's side, between create and start: their paths are the container's.
Result<void> run_inside(std::string_view kind,
                        const std::vector<oci::Hook>& hooks,
                        const Child& init,
                        const std::string& state_json);

// copy_up.cc: below `root` (the container's), what the target hides is copied into it.
Result<void> copy_up(int root, const op::CopyUp& operation);

}  // namespace isle::runtime::launch
