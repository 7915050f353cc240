#pragma once
// Which control groups a process of exec joins. Internal to runtime/state.

#include <string>
#include <vector>

#include "kernel/cgroup/layout.h"
#include "runtime/state/create.h"

namespace isle::runtime {

// Absolute directories: the container's own, or groups below them that exist already. A path with
// ".." is refused: no process leaves the container's limits this way.
Result<std::vector<std::string>> exec_directories(const ContainerState& state,
                                                  const kernel::cgroup::Layout& layout,
                                                  const std::vector<SubGroup>& sub_groups);

}  // namespace isle::runtime
