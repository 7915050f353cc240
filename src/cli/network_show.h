#pragma once
// isle network ls and inspect: what networks there are, and who is in them.

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace isle::cli {

std::vector<options::Flag> network_ls_flags();
std::vector<options::Flag> network_inspect_flags();
Result<std::string> list_networks(Arguments arguments);
Result<std::string> inspect_networks(Arguments arguments);

}  // namespace isle::cli
