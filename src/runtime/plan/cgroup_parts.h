#pragma once
// Why: the parts of plan_cgroup, one per group of controllers, and what they share. Private to
// this folder.

#include <string>
#include <string_view>

#include "runtime/plan/cgroup.h"

namespace isle::runtime::plan {

// Collects the plan; knows which version each controller has here.
class CgroupBuilder {
 public:
  CgroupBuilder(const kernel::cgroup::Layout& layout, const CgroupOptions& options)
      : layout_(layout), options_(options) {}

  // Joins the controller's hierarchy because config.json's `where` needs it; true on v2. Absent:
  // an error that names both.
  Result<bool> need(kernel::cgroup::Controller controller, std::string_view where);
  void warn(std::string_view text) { plan.warnings.emplace_back(text); }
  CgroupWrite& add(kernel::cgroup::Controller controller,
                   std::string file,
                   std::string value,
                   std::string why);
  const kernel::cgroup::Layout& layout() const { return layout_; }
  const CgroupOptions& options() const { return options_; }
  bool updating() const { return options_.now.has_value(); }

  CgroupPlan plan;

 private:
  const kernel::cgroup::Layout& layout_;
  const CgroupOptions& options_;
};

Result<void> plan_memory(CgroupBuilder& builder, const oci::MemoryResources& memory);
Result<void> plan_cpu(CgroupBuilder& builder, const oci::CpuResources& cpu);
Result<void> plan_block_io(CgroupBuilder& builder, const oci::BlockIoResources& io);
Result<void> plan_devices(CgroupBuilder& builder, const std::vector<oci::DeviceRule>& rules);
Result<void> plan_unified(CgroupBuilder& builder, const oci::StringMap& unified);

// "64 MiB", "1000 bytes".
std::string size_words(std::int64_t bytes);
// "linux.resources." + name: where config.json has it.
std::string at(std::string_view name);
// InvalidArgument at config.json's `where`.
std::unexpected<Error> meaningless(std::string_view where, std::string_view reason);
// Unsupported at `where` on v2 or v1.
std::unexpected<Error> not_here(std::string_view where,
                                std::string_view reason,
                                std::string_view hint);

}  // namespace isle::runtime::plan
