// The steps that make and join the container's control group; what is written there is planned in
// cgroup.cc.

#include "base/strings.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/cgroup.h"
#include "runtime/plan/systemd_scope.h"

namespace isle::runtime::plan {

namespace {

using kernel::cgroup::Controller;
using kernel::cgroup::Group;
using kernel::cgroup::Hierarchy;

constexpr const char* kDelegate =
    "have a control group delegated to this user (with systemd: systemd-run --user --scope "
    "-p Delegate=yes COMMAND), or leave the limits out";

// A name of our own choice lies where this user's groups are made.
std::string default_path(const Builder& builder) {
  const std::string& wanted = builder.linux_.cgroups_path;
  if (!wanted.empty()) return wanted;
  const std::string path = builder.request.default_cgroup_prefix + builder.request.id;
  return path.starts_with('/') ? path.substr(1) : path;
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
              kDelegate);
}

// An engine's absolute path may lie where an ordinary user has nothing to say.
bool is_out_of_reach(const Builder& builder, std::string_view path) {
  if (!builder.facts.delegated_cgroups || !path.starts_with('/')) return false;
  for (const Hierarchy& tree : builder.facts.cgroups.hierarchies) {
    if (tree.base == "/" || format("{}/", path).starts_with(tree.base + "/")) continue;
    return true;
  }
  return false;
}

Result<void> stay_out(Builder& builder, const oci::Resources& resources, std::string_view path) {
  const std::string& base = builder.facts.cgroups.hierarchies.front().base;
  const std::string text =
      format("linux.cgroupsPath {} does not lie below {}, which was delegated to uid {}",
             quoted(path),
             quoted(base),
             builder.facts.euid);
  if (asks_for_limits(resources)) {
    return fail(ErrorKind::Denied, text, "use a relative path, or leave the limits out");
  }
  builder.warn(text + ": the container gets no control group");
  return {};
}

bool joins(const CgroupPlan& cgroup, const kernel::cgroup::Layout& layout, bool v2) {
  for (const Controller controller : kernel::cgroup::kControllers) {
    if (cgroup.join.has(controller) && layout.has(controller) && layout.on_v2(controller) == v2) {
      return true;
    }
  }
  return false;
}

// As it is seen from the root, on v2 where there is one.
std::string whole_path(const CgroupPlan& cgroup, const kernel::cgroup::Layout& layout) {
  return cgroup_place(cgroup, layout.v2() != nullptr ? *layout.v2() : layout.hierarchies.front());
}

void add_group_steps(Builder& builder, const CgroupPlan& planned) {
  const bool in_scope = !builder.result.systemd_unit.empty();
  builder.parent(
      op::MakeCgroup{.path = whole_path(planned, builder.facts.cgroups), .in_scope = in_scope},
      in_scope ? "complete the control group" : "make the control group",
      in_scope ? "controllers and hierarchies that systemd does not use"
               : "what the container may use is counted and limited there");
  for (const CgroupWrite& write : planned.writes) {
    builder.parent(op::WriteCgroup{.write = write},
                   format("limit {}", kernel::cgroup::to_string(write.controller)),
                   write.why);
  }
  if (planned.devices) {
    builder.parent(op::CgroupDevices{.rules = planned.devices->exceptions.size(),
                                     .v2 = builder.facts.cgroups.on_v2(Controller::Devices)},
                   "limit devices",
                   "all are denied but those listed");
  }
}

void keep(Builder& builder, CgroupPlan&& planned) {
  for (const std::string& warning : planned.warnings) builder.warn(warning);
  builder.cloned_into_cgroup =
      builder.result.systemd_unit.empty() && joins(planned, builder.facts.cgroups, true);
  builder.joins_v1 = joins(planned, builder.facts.cgroups, false);
  builder.result.cgroup = std::move(planned);
}

bool wants_real_time(const Builder& builder) {
  const oci::Process* process = builder.process();
  if (process == nullptr || !process->scheduler) return false;
  const std::string& policy = process->scheduler->policy;
  return policy == "SCHED_FIFO" || policy == "SCHED_RR";
}

CgroupOptions options_for(const Builder& builder) {
  const HostFacts& facts = builder.facts;
  return {.restrict_devices = facts.privileged() && !facts.in_user_namespace,
          .delegated = facts.delegated_cgroups,
          .real_time = wants_real_time(builder)};
}

void append(std::vector<kernel::UnitProperty>& all, std::vector<kernel::UnitProperty>&& more) {
  for (kernel::UnitProperty& property : more) {
    // The later one holds: an annotation over what we would say.
    std::erase_if(all, [&](const auto& had) { return had.name == property.name; });
    all.push_back(std::move(property));
  }
}

// The scope needs init's pid: its steps come after the clone, add_cgroup_attach.
Result<void> plan_in_scope(Builder& builder, const oci::Resources& resources) {
  if (!builder.facts.systemd) {
    return fail(ErrorKind::Internal, "a systemd scope is planned without systemd");
  }
  ScopePlan scope =
      TRY(plan_scope(builder.linux_.cgroups_path, builder.request.id, *builder.facts.systemd));
  CgroupPlan planned = TRY(plan_cgroup(with_listed_devices(builder, resources),
                                       scope.path,
                                       builder.facts.cgroups,
                                       options_for(builder)));
  append(scope.properties, resource_properties(planned.writes));
  if (planned.devices) append(scope.properties, device_properties(*planned.devices));
  append(scope.properties, TRY(annotated_properties(builder.request.spec.annotations)));
  builder.result.systemd_unit = scope.unit;
  builder.scope = op::StartScope{.unit = std::move(scope.unit),
                                 .group = std::move(scope.path),
                                 .properties = std::move(scope.properties)};
  keep(builder, std::move(planned));
  return {};
}

}  // namespace

std::string cgroup_place(const CgroupPlan& cgroup, const Hierarchy& hierarchy) {
  const bool below = cgroup.from == Group::From::Base && hierarchy.base != "/";
  return below ? hierarchy.base + cgroup.path : cgroup.path;
}

Result<void> add_cgroup(Builder& builder) {
  static const oci::Resources kNone;
  const oci::Resources& resources = builder.linux_.resources ? *builder.linux_.resources : kNone;
  if (!usable(builder)) return go_without(builder, resources);
  if (builder.request.systemd_cgroup) return plan_in_scope(builder, resources);
  const std::string path = default_path(builder);
  if (is_out_of_reach(builder, path)) return stay_out(builder, resources, path);
  CgroupPlan planned = TRY(plan_cgroup(
      with_listed_devices(builder, resources), path, builder.facts.cgroups, options_for(builder)));
  add_group_steps(builder, planned);
  keep(builder, std::move(planned));
  return {};
}

void add_cgroup_attach(Builder& builder) {
  if (!builder.result.cgroup) return;
  if (builder.scope) {
    builder.parent(std::move(*builder.scope),
                   "have systemd make its scope",
                   "systemd owns the control groups; limits it can express it is told");
    add_group_steps(builder, *builder.result.cgroup);
  }
  if (!builder.joins_v1) return;
  const char* what = "join the control group";
  const char* why = "v1 hierarchies are joined one by one, before anything runs";
  // In a scope there were no groups to open before the clone.
  if (builder.result.systemd_unit.empty()) {
    builder.init(op::JoinGroups{}, what, why);
  } else {
    builder.parent(op::AttachCgroup{.part = Group::Part::V1}, what, why);
  }
}

}  // namespace isle::runtime::plan
