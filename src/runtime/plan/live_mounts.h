#pragma once
// Mounts of a container that runs: the steps of config.json's mounts, done by a process that enters
// its namespaces, and their removal.

#include <vector>

#include "runtime/plan/make_plan.h"

namespace isle::runtime {

struct LiveMountsRequest {
  std::string id;
  HostPath bundle;  // relative sources of binds are below it
  std::vector<oci::Mount> mounts;
  const oci::Spec* spec = nullptr;  // of the container
  oci::Strings namespaces;          // kinds it has of its own
};

// Each mount in the order given; sources of binds are the host's. The plan's last step ends the
// process (LaunchPlan::ends_by_itself).
Result<LaunchPlan> plan_mounts(const LiveMountsRequest& request, const HostFacts& facts);
// Takes off what is mounted at each destination, the last one first.
Result<LaunchPlan> plan_unmounts(const LiveMountsRequest& request);

}  // namespace isle::runtime
