#pragma once
// Why: with systemd as the owner of the control groups (islet --systemd-cgroup), a container's is a
// transient scope. Pure: from cgroupsPath, limits and annotations to the unit, its slice, its
// properties and the place of its group. What systemd can express it is told as well, so that its
// daemon-reload sets what islet has set and nothing else; the rest islet writes itself.
// Sources: systemd.scope(5), systemd.resource-control(5), org.freedesktop.systemd1(5);
// the form SLICE:PREFIX:NAME is runc's and crun's.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/systemd.h"
#include "runtime/plan/cgroup.h"
#include "runtime/plan/facts.h"

namespace isle::runtime::plan {

struct ScopePlan {
  std::string unit;   // "docker-ab.scope"
  std::string slice;  // "system.slice"
  std::string path;   // of its control group, "/system.slice/docker-ab.scope"
  std::vector<kernel::UnitProperty> properties;
};

// "SLICE:PREFIX:NAME"; an empty slice is the manager's usual one, an empty prefix none. An empty
// path is "islet" and the container's id. InvalidArgument names linux.cgroupsPath.
Result<ScopePlan> plan_scope(std::string_view cgroups_path,
                             std::string_view id,
                             const Systemd& manager);

// "/a.slice/a-b.slice" of "a-b.slice"; "" of the root, "-.slice".
Result<std::string> slice_path(std::string_view slice);

// What of these writes systemd has a property for.
std::vector<kernel::UnitProperty> resource_properties(const std::vector<CgroupWrite>& writes);
// DevicePolicy and DeviceAllow; nothing when a rule has no words of systemd's, so that it does not
// deny what the specification allows. islet's own rules hold in any case.
std::vector<kernel::UnitProperty> device_properties(const kernel::cgroup::DevicePolicy& policy);
// The annotations org.systemd.property.NAME, whose values are in GVariant's text format.
// InvalidArgument names the annotation.
Result<std::vector<kernel::UnitProperty>> annotated_properties(const oci::StringMap& annotations);

// "uint64 5", "'text'", "['a', 'b']", "true". InvalidArgument: not that, or a type too complicated.
Result<kernel::UnitProperty> parse_variant(std::string_view name, std::string_view text);

}  // namespace isle::runtime::plan
