#pragma once
// Commands of docker and podman that isle knows and does not have: refused by name, with the
// reason.

#include <string_view>

namespace isle::cli {

// "" when the command is none of these. `name` as it is typed: "checkpoint", "container mount".
std::string_view refusal_of_command(std::string_view name);

}  // namespace isle::cli
