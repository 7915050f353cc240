#pragma once
// From what is asked (the OCI spec) and what the host is (HostFacts) to the plan. Pure: no system
// call, no clock; the same input gives the same plan, which the golden tests rely on.

#include "base/error.h"
#include "runtime/plan/facts.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime {

struct PlanRequest {
  std::string id;
  HostPath bundle;
  oci::Spec spec;
  bool wait_for_start = false;
  bool no_pivot = false;
  bool no_new_keyring = false;
  unsigned preserve_fds = 0;
  HostPath pid_file;
  bool kill_with_parent = false;
  std::string default_cgroup_parent = "/islet";
};

// InvalidArgument and Unsupported name the JSON path of what cannot be done.
Result<LaunchPlan> make_plan(const PlanRequest& request, const HostFacts& facts);

struct ExecPlanRequest {
  std::string id;
  oci::Process process;
  oci::Strings namespaces;  // kinds the container has of its own
  bool own_user_namespace = false;
  std::optional<oci::Seccomp> seccomp;
  unsigned preserve_fds = 0;
  std::vector<std::string> cgroup_directories;
  HostPath pid_file;
};
Result<LaunchPlan> make_exec_plan(const ExecPlanRequest& request, const HostFacts& facts);

// Steps in words: one line a step; with times (ns per step) behind, if given.
std::string describe_plan(const LaunchPlan& plan, const std::vector<std::int64_t>* times);
json::Value plan_json(const LaunchPlan& plan, const std::vector<std::int64_t>* times);
// "mount(proc on /proc, nosuid|noexec|nodev)"
std::string describe_call(const Operation& operation);

}  // namespace isle::runtime
