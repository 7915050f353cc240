#pragma once
// isle network create: its flags are many.

#include <string>
#include <vector>

#include "cli/command.h"

namespace isle::cli {

std::vector<options::Flag> network_create_flags();
Result<std::string> create_network(Arguments arguments);

}  // namespace isle::cli
