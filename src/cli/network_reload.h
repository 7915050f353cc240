#pragma once
// isle network reload: what others took of bridges and firewall is made again.

#include <string>
#include <vector>

#include "cli/command.h"

namespace isle::cli {

std::vector<options::Flag> network_reload_flags();
// What it prints: the containers that were named. With --watch it goes on until a signal ends it.
Result<std::string> reload_networks(Arguments arguments);

}  // namespace isle::cli
