#pragma once
// Why: the readers of stats.h share these. Private to this folder.

#include <string>

#include "kernel/cgroup/stats.h"

namespace isle::kernel::cgroup {

// A file with one number; none if it is absent or says "max".
Result<Count> read_number(const Group& group, Controller controller, const std::string& file);
// Empty if absent.
Result<std::string> read_text(const Group& group, Controller controller, const std::string& file);

}  // namespace isle::kernel::cgroup
