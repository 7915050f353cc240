#include "runtime/state/scope.h"

#include "kernel/systemd.h"
#include "runtime/plan/systemd_scope.h"

namespace isle::runtime {

namespace {
Result<kernel::Systemd> manager_of(const ContainerState& state) {
  return kernel::Systemd::connect(state.systemd_user ? kernel::Manager::User
                                                     : kernel::Manager::System);
}
}  // namespace

Result<void> stop_scope(const ContainerState& state) {
  if (state.systemd_unit.empty()) return {};
  Result<kernel::Systemd> systemd = manager_of(state);
  if (!systemd && systemd.error().kind == ErrorKind::Unavailable) return {};
  if (!systemd) return std::unexpected(std::move(systemd).error());
  return systemd->stop(state.systemd_unit);
}

Result<void> set_scope(const ContainerState& state, const std::vector<plan::CgroupWrite>& writes) {
  if (state.systemd_unit.empty()) return {};
  kernel::Systemd systemd = TRY(manager_of(state));
  return systemd.set(state.systemd_unit, plan::resource_properties(writes));
}

}  // namespace isle::runtime
