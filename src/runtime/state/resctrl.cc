#include "runtime/state/resctrl.h"

#include "kernel/resctrl.h"

namespace isle::runtime {

Result<void> leave_resctrl(const oci::Spec& spec, const std::string& id) {
  if (!spec.linux_ || !spec.linux_->intel_rdt) return {};
  const oci::IntelRdt& rdt = *spec.linux_->intel_rdt;
  const std::string root = kernel::find_resctrl();
  if (root.empty()) return {};
  const bool own = rdt.clos_id.empty();
  return kernel::remove_resctrl({.root = HostPath(root),
                                 .group = own                  ? id
                                          : rdt.clos_id == "/" ? std::string()
                                                               : rdt.clos_id,
                                 .monitor = rdt.enable_monitoring ? id : std::string()},
                                own);
}

}  // namespace isle::runtime
