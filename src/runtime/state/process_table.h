#pragma once
// Why: people read a table of processes as ps(1) draws it, so ps draws it.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::runtime {

// What ps prints with `options` ("-ef" if there are none), without the lines of other processes.
// The column PID has to be among those asked for: InvalidArgument.
Result<std::string> process_table(const std::vector<Pid>& pids,
                                  const std::vector<std::string>& options);

}  // namespace isle::runtime
