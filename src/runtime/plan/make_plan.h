#pragma once
// From what is asked (the OCI spec) and what the host is (HostFacts) to the plan. Pure: no system
// call, no clock; the same input gives the same plan, which the golden tests rely on.

#include "base/error.h"
#include "runtime/plan/describe.h"
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
  std::string default_cgroup_prefix = "/islet-";  // and the id: when the spec names no path
  bool systemd_cgroup = false;                    // HostFacts::systemd makes the control group
  std::optional<record::Wiring> wiring;
};

// InvalidArgument and Unsupported name the JSON path of what cannot be done.
Result<LaunchPlan> make_plan(const PlanRequest& request, const HostFacts& facts);

struct ExecPlanRequest {
  std::string id;
  oci::Process process;
  oci::Strings namespaces;  // kinds the container has of its own
  bool own_user_namespace = false;
  std::optional<oci::Seccomp> seccomp;
  std::optional<oci::MemoryPolicy> memory_policy;
  std::optional<oci::Personality> personality;
  unsigned preserve_fds = 0;
  struct Groups {  // of the container
    bool v1 = false, v2 = false;
  } groups;
  std::string systemd_unit;  // not empty: systemd moves the process there
  HostPath pid_file;
};
Result<LaunchPlan> make_exec_plan(const ExecPlanRequest& request, const HostFacts& facts);

}  // namespace isle::runtime
