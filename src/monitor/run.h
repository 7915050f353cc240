#pragma once
// isle-monitor's main, without its process: arguments, and the first connection.

#include <string>
#include <vector>

#include "kernel/fd.h"

namespace isle::monitor {

// Returns the program's exit status, which nobody has to look at: all has been told the client.
int run_monitor(const std::vector<std::string>& arguments, kernel::UniqueFd client);

}  // namespace isle::monitor
