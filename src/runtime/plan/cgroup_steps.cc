// The steps that make and join the container's control group; what is written there is planned in
// cgroup.cc.

#include "base/strings.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/cgroup.h"

namespace isle::runtime::plan {

namespace {

std::string default_path(const Builder& builder) {
  const std::string& wanted = builder.linux_.cgroups_path;
  if (!wanted.empty()) return wanted;
  return builder.request.default_cgroup_parent + "/" + builder.request.id;
}

// A limit that somebody asked for; device rules alone are every spec's default.
bool asks_for_limits(const oci::Resources& resources) {
  return resources.memory || resources.cpu || resources.pids_limit || resources.block_io ||
         !resources.hugepage_limits.empty() || resources.network || !resources.rdma.empty() ||
         !resources.unified.empty();
}

// A node that linux.devices lists has to be made by init, in its group already. To have the node
// gives nothing: open(2) asks the other rules.
oci::Resources with_listed_devices(const Builder& builder, const oci::Resources& resources) {
  oci::Resources all = resources;
  if (builder.isolated(Kind::User)) return all;
  for (const oci::Device& device : builder.linux_.devices) {
    if (device.type == "p") continue;
    all.devices.push_back({.allow = true,
                           .type = device.type,
                           .major = device.major,
                           .minor = device.minor,
                           .access = "m"});
  }
  return all;
}

bool usable(const Builder& builder) {
  return !builder.facts.cgroups.hierarchies.empty() && builder.facts.may_make_cgroups;
}

Result<void> go_without(const Builder& builder, const oci::Resources& resources) {
  if (!asks_for_limits(resources)) return {};
  if (builder.facts.cgroups.hierarchies.empty()) {
    return fail(ErrorKind::Unsupported,
                "linux.resources: limits are asked for, but no control groups are mounted here",
                "mount cgroup2 on /sys/fs/cgroup, or leave the limits out");
  }
  return fail(ErrorKind::Denied,
              format("linux.resources: limits are asked for, but uid {} may make no control group",
                     builder.facts.euid),
              "have a cgroup delegated to this user (with systemd: loginctl enable-linger, or "
              "systemd-run --user --scope), or leave the limits out");
}

bool joins_v2(const CgroupPlan& cgroup, const kernel::cgroup::Layout& layout) {
  for (const kernel::cgroup::Controller controller : kernel::cgroup::kControllers) {
    if (cgroup.join.has(controller) && layout.on_v2(controller)) return true;
  }
  return false;
}

bool joins_v1(const CgroupPlan& cgroup, const kernel::cgroup::Layout& layout) {
  for (const kernel::cgroup::Controller controller : kernel::cgroup::kControllers) {
    if (cgroup.join.has(controller) && layout.has(controller) && !layout.on_v2(controller)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<void> add_cgroup(Builder& builder) {
  static const oci::Resources kNone;
  const oci::Resources& resources = builder.linux_.resources ? *builder.linux_.resources : kNone;
  if (!usable(builder)) return go_without(builder, resources);
  CgroupPlan planned = TRY(plan_cgroup(with_listed_devices(builder, resources),
                                       default_path(builder),
                                       builder.facts.cgroups,
                                       {.restrict_devices = builder.facts.privileged()}));
  builder.parent(op::MakeCgroup{.path = planned.path},
                 "make the control group",
                 "what the container may use is counted and limited there");
  for (const CgroupWrite& write : planned.writes) {
    builder.parent(op::WriteCgroup{.write = write},
                   format("limit {}", kernel::cgroup::to_string(write.controller)),
                   write.why);
  }
  if (planned.devices) {
    builder.parent(
        op::CgroupDevices{.rules = planned.devices->exceptions.size(),
                          .v2 = builder.facts.cgroups.on_v2(kernel::cgroup::Controller::Devices)},
        "limit devices",
        "all are denied but those listed");
  }
  for (const std::string& warning : planned.warnings) builder.warn(warning);
  builder.cloned_into_cgroup = joins_v2(planned, builder.facts.cgroups);
  builder.attached_by_parent = joins_v1(planned, builder.facts.cgroups);
  builder.result.cgroup = std::move(planned);
  return {};
}

void add_cgroup_attach(Builder& builder) {
  if (!builder.result.cgroup || !builder.attached_by_parent) return;
  builder.parent(op::AttachCgroup{},
                 "join the control group",
                 "v1 hierarchies are joined one by one, before anything runs");
}

}  // namespace isle::runtime::plan
