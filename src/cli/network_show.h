#pragma once
// isle network ls and inspect: what networks there are, and who is in them.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "engine/paths.h"

namespace isle::cli {

std::vector<options::Flag> network_ls_flags();
std::vector<options::Flag> network_inspect_flags();
Result<std::string> list_networks(Arguments arguments);
Result<std::string> inspect_networks(Arguments arguments);
// What inspect shows of one.
Result<json::Value> network_document(const engine::Paths& paths, std::string_view name);

}  // namespace isle::cli
