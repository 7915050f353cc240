#pragma once
// The plan in words and as JSON.

#include <vector>

#include "base/json.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime {

// One line a step: number, actor, what, the call with its arguments, why; with `times` (ns that
// each step took, 0 if unknown) behind it.
std::string describe_plan(const LaunchPlan& plan, const std::vector<std::int64_t>* times);
// One line a step that ran: number, actor, time it took, what; then the sum of each actor.
std::string describe_times(const LaunchPlan& plan, const std::vector<std::int64_t>& times);
json::Value plan_json(const LaunchPlan& plan, const std::vector<std::int64_t>* times);
// "mount(proc on /proc, nosuid,noexec,nodev)"
std::string describe_call(const Operation& operation);
std::string_view to_string(Actor actor);

}  // namespace isle::runtime
