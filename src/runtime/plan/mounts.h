#pragma once
// What the parts of the mounts' plan share. Internal to runtime/plan.

#include <string>

#include "kernel/mount_options.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

// A mount of the spec with type cgroup or cgroup2.
struct CgroupMount {
  const std::string& type;
  const std::string& where;   // "mounts[6]"
  const std::string& target;  // clean
  const kernel::MountOptions& options;
};
// cgroup_mounts.cc
Result<void> add_cgroup_mount(Builder& builder, const CgroupMount& mount);

}  // namespace isle::runtime::plan
