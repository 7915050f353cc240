#pragma once
// Directories of configuration, and what is in them.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::image {

// $XDG_CONFIG_HOME or ~/.config; empty without a home.
HostPath user_configuration();
// The names in it, sorted; none if it is not there. Denied if it cannot be read.
Result<std::vector<std::string>> names_in(const HostPath& directory);
bool is_there(const HostPath& path);

}  // namespace isle::image
