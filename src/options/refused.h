#pragma once
// Flags of docker and podman that isle knows and does not have (yet): refused by name, with the
// reason, instead of as unknown.

#include <string_view>

namespace isle::options {

// "" when the flag is none of these. `name` without dashes; a letter for a short flag.
std::string_view refusal_of(std::string_view name);

}  // namespace isle::options
