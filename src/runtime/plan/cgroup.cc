#include "runtime/plan/cgroup.h"

#include "base/strings.h"
#include "runtime/plan/cgroup_parts.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;
using kernel::cgroup::ControllerSet;

namespace {
// What pause, stats, kill and update need later, wherever it is.
constexpr ControllerSet kAlways = {Controller::Devices,
                                   Controller::Pids,
                                   Controller::Memory,
                                   Controller::Freezer,
                                   Controller::Cpuacct,
                                   Controller::Cpu,
                                   Controller::Io};

// Where the kernel keeps a real-time budget (CONFIG_RT_GROUP_SCHED), a new v1 group has none and
// takes no real-time process (sched-rt-group.rst); the caller's own has what it was given. Shares
// and quotas are nothing to such a process.
bool joins_unasked(Controller controller,
                   const kernel::cgroup::Layout& layout,
                   const CgroupOptions& options) {
  if (!kAlways.has(controller) || !layout.has(controller)) return false;
  const kernel::cgroup::Hierarchy* cpu = layout.find(Controller::Cpu);
  const bool spends_cpu_budget = cpu != nullptr && cpu->version == kernel::cgroup::Version::V1 &&
                                 cpu->controllers.has(controller);
  return !options.real_time || !spends_cpu_budget;
}

}  // namespace

std::string at(std::string_view name) { return "linux.resources." + std::string(name); }

std::unexpected<Error> meaningless(std::string_view where, std::string_view reason) {
  return fail(ErrorKind::InvalidArgument, format("{} {}", at(where), reason));
}

std::unexpected<Error> not_here(std::string_view where,
                                std::string_view reason,
                                std::string_view hint) {
  return fail(ErrorKind::Unsupported, format("{} {}", at(where), reason), std::string(hint));
}

std::string size_words(std::int64_t bytes) {
  constexpr std::pair<int, const char*> kUnits[] = {
      {40, "TiB"}, {30, "GiB"}, {20, "MiB"}, {10, "KiB"}};
  for (const auto& [shift, name] : kUnits) {
    const std::int64_t unit = std::int64_t{1} << shift;
    if (bytes >= unit && bytes % unit == 0) return format("{} {}", bytes / unit, name);
  }
  return format("{} bytes", bytes);
}

Result<bool> CgroupBuilder::need(Controller controller, std::string_view where) {
  if (!layout_.has(controller) && options_.delegated) {
    return not_here(
        where,
        format("needs the {} controller, which was not delegated to this user",
               kernel::cgroup::to_string(controller)),
        "have root delegate it (with systemd: Delegate= of user@.service); if the group "
        "has processes of its own, it can hand nothing on: with systemd, systemd-run "
        "--user --scope -p Delegate=yes COMMAND");
  }
  if (!layout_.has(controller)) {
    return not_here(where,
                    format("needs the {} controller, which this host does not have",
                           kernel::cgroup::to_string(controller)),
                    "see /proc/cgroups and cgroup.controllers; it may have to be mounted, built "
                    "into the kernel or handed down to this container, whose own group must have "
                    "no processes then");
  }
  plan.join.add(controller);
  plan.required.add(controller);
  return layout_.on_v2(controller);
}

CgroupWrite& CgroupBuilder::add(Controller controller,
                                std::string file,
                                std::string value,
                                std::string why) {
  plan.writes.push_back({.controller = controller,
                         .file = std::move(file),
                         .value = std::move(value),
                         .why = std::move(why),
                         .v2 = layout_.on_v2(controller)});
  return plan.writes.back();
}

namespace {

Result<void> plan_pids(CgroupBuilder& builder, std::int64_t limit) {
  TRY(builder.need(Controller::Pids, "pids.limit"));
  builder.add(Controller::Pids,
              "pids.max",
              limit > 0 ? std::to_string(limit) : "max",
              limit > 0 ? format("no more than {} processes and threads", limit)
                        : "any number of processes and threads");
  return {};
}

bool is_page_size(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return false;
  const std::string_view unit = text.substr(digits);
  return unit == "KB" || unit == "MB" || unit == "GB";
}

Result<void> plan_hugetlb(CgroupBuilder& builder, const std::vector<oci::HugepageLimit>& limits) {
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const std::string where = format("hugepageLimits[{}]", i);
    const bool v2 = TRY(builder.need(Controller::Hugetlb, where));
    const std::string& size = limits[i].page_size;
    if (!is_page_size(size)) {
      return meaningless(where + ".pageSize", quoted(size) + " is no size such as 2MB");
    }
    const std::string value = std::to_string(limits[i].limit);
    const std::string why = format("no more than {} in huge pages of {}",
                                   size_words(static_cast<std::int64_t>(limits[i].limit)),
                                   size);
    const char* end = v2 ? "max" : "limit_in_bytes";
    builder.add(Controller::Hugetlb, format("hugetlb.{}.{}", size, end), value, why);
    builder
        .add(Controller::Hugetlb,
             format("hugetlb.{}.rsvd.{}", size, end),
             value,
             why + ", counted when reserved")
        .optional = true;
  }
  return {};
}

bool is_interface_name(std::string_view name) {
  return !name.empty() && name.size() < 16 &&
         name.find_first_of(std::string_view(" \t\n/:\0", 6)) == std::string_view::npos;
}

Result<void> plan_network(CgroupBuilder& builder, const oci::NetworkResources& network) {
  if (network.class_id) {
    TRY(builder.need(Controller::NetCls, "network.classID"));
    builder.add(Controller::NetCls,
                "net_cls.classid",
                std::to_string(*network.class_id),
                "class of the packets for traffic control");
  }
  for (const oci::InterfacePriority& each : network.priorities) {
    TRY(builder.need(Controller::NetPrio, "network.priorities"));
    if (!is_interface_name(each.name)) {
      return meaningless("network.priorities", quoted(each.name) + " is no interface name");
    }
    builder.add(Controller::NetPrio,
                "net_prio.ifpriomap",
                format("{} {}", each.name, each.priority),
                "priority of packets on " + each.name);
  }
  return {};
}

Result<void> plan_rdma(CgroupBuilder& builder,
                       const std::map<std::string, oci::RdmaLimit>& devices) {
  for (const auto& [name, limit] : devices) {
    TRY(builder.need(Controller::Rdma, "rdma." + name));
    if (name.empty() || name.find_first_of(" \t\n") != std::string::npos) {
      return meaningless("rdma", quoted(name) + " is no device name");
    }
    std::string value = name;
    if (limit.hca_handles) value += format(" hca_handle={}", *limit.hca_handles);
    if (limit.hca_objects) value += format(" hca_object={}", *limit.hca_objects);
    if (value == name) continue;
    builder.add(Controller::Rdma, "rdma.max", value, "limits of RDMA device " + name);
  }
  return {};
}

Result<void> plan_all(CgroupBuilder& builder, const oci::Resources& resources) {
  if (!builder.updating()) TRY(plan_devices(builder, resources.devices));
  if (resources.memory) TRY(plan_memory(builder, *resources.memory));
  if (resources.cpu) TRY(plan_cpu(builder, *resources.cpu));
  if (resources.pids_limit) TRY(plan_pids(builder, *resources.pids_limit));
  if (resources.block_io) TRY(plan_block_io(builder, *resources.block_io));
  TRY(plan_hugetlb(builder, resources.hugepage_limits));
  if (resources.network) TRY(plan_network(builder, *resources.network));
  TRY(plan_rdma(builder, resources.rdma));
  return plan_unified(builder, resources.unified);
}

}  // namespace

Result<CgroupPlan> plan_cgroup(const oci::Resources& resources,
                               std::string_view path,
                               const kernel::cgroup::Layout& layout,
                               const CgroupOptions& options) {
  CgroupBuilder builder(layout, options);
  builder.plan.path = TRY_STEP(kernel::cgroup::check_group_path(path), "linux.cgroupsPath");
  if (!path.starts_with('/')) builder.plan.from = kernel::cgroup::Group::From::Base;
  for (const Controller controller : kernel::cgroup::kControllers) {
    if (joins_unasked(controller, layout, options)) builder.plan.join.add(controller);
  }
  TRY(plan_all(builder, resources));
  return std::move(builder.plan);
}

}  // namespace isle::runtime::plan
