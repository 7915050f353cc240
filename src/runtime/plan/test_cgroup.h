#pragma once
// What the tests of the control groups' plan share: hosts, and a plan as words. For tests only.

#include <functional>
#include <optional>
#include <string>

#include "base/strings.h"
#include "runtime/plan/cgroup.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;
using kernel::cgroup::ControllerSet;
using kernel::cgroup::Layout;
using kernel::cgroup::Version;

inline constexpr ControllerSet kAllV1 = {Controller::Cpu,
                                         Controller::Cpuacct,
                                         Controller::Cpuset,
                                         Controller::Memory,
                                         Controller::Devices,
                                         Controller::Freezer,
                                         Controller::Io,
                                         Controller::Pids,
                                         Controller::Hugetlb,
                                         Controller::NetCls,
                                         Controller::NetPrio,
                                         Controller::Rdma};
inline constexpr ControllerSet kAllV2 = {Controller::Cpu,
                                         Controller::Cpuacct,
                                         Controller::Cpuset,
                                         Controller::Memory,
                                         Controller::Devices,
                                         Controller::Freezer,
                                         Controller::Io,
                                         Controller::Pids,
                                         Controller::Hugetlb,
                                         Controller::Rdma,
                                         Controller::Misc};

inline Layout layout_of(ControllerSet v1, std::optional<ControllerSet> v2) {
  Layout layout;
  for (const Controller controller : kernel::cgroup::kControllers) {
    if (!v1.has(controller)) continue;
    layout.hierarchies.push_back({.version = Version::V1,
                                  .mount = format("/c/{}", kernel::cgroup::v1_name(controller)),
                                  .mount_root = "/",
                                  .own_path = "/",
                                  .controllers = {controller}});
  }
  if (v2) {
    layout.hierarchies.push_back({.version = Version::V2,
                                  .mount = "/c",
                                  .mount_root = "/",
                                  .own_path = "/",
                                  .controllers = *v2});
  }
  return layout;
}
inline const Layout kV1 = layout_of(kAllV1, std::nullopt);
inline const Layout kV2 = layout_of({}, kAllV2);

inline std::string words(const Result<CgroupPlan>& plan) {
  if (!plan) return "refused: " + plan.error().describe();
  std::string text;
  for (const CgroupWrite& write : plan->writes) {
    if (!text.empty()) text += "; ";
    text += write.file + "=" + write.value;
    if (write.optional) text += " (if there)";
    if (!write.else_file.empty()) text += format(" else {}={}", write.else_file, write.else_value);
  }
  for (const std::string& warning : plan->warnings) text += "; warning: " + warning;
  return text;
}

using Fill = std::function<void(oci::Resources&)>;

inline std::string plan_words(const Layout& layout,
                              const Fill& fill,
                              const CgroupOptions& options = {}) {
  oci::Resources resources;
  fill(resources);
  return words(plan_cgroup(resources, "/isle/1", layout, options));
}

inline auto memory(oci::MemoryResources value) {
  return [value](oci::Resources& r) { r.memory = value; };
}
inline auto cpu(oci::CpuResources value) {
  return [value](oci::Resources& r) { r.cpu = value; };
}
inline auto io(const std::function<void(oci::BlockIoResources&)>& fill) {
  return [fill](oci::Resources& r) { fill(r.block_io.emplace()); };
}
template <typename T>
T with(const std::function<void(T&)>& fill) {
  T value;
  fill(value);
  return value;
}
using M = oci::MemoryResources;
using C = oci::CpuResources;
inline auto mem(const std::function<void(M&)>& fill) { return memory(with<M>(fill)); }
inline auto proc(const std::function<void(C&)>& fill) { return cpu(with<C>(fill)); }

}  // namespace isle::runtime::plan
