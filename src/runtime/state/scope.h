#pragma once
// A container's scope of systemd, after it has been made. Nothing to do for one without.

#include "base/error.h"
#include "runtime/plan/cgroup.h"
#include "runtime/state/container.h"

namespace isle::runtime {

// systemd removes what it has made. Where its bus is gone, the directories are ours to remove: no
// error.
Result<void> stop_scope(const ContainerState& state);

// Tells systemd the limits that it has properties for, so that it does not write older ones again.
Result<void> set_scope(const ContainerState& state, const std::vector<plan::CgroupWrite>& writes);

}  // namespace isle::runtime
