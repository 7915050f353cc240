#pragma once
// What the flags of health checks and of start-up checks share.

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::options {

// ns; 0, or at least 1ms.
Result<std::int64_t> parse_health_span(std::string_view value, std::string_view flag);

// podman's forms: a text for the shell, or a JSON array of words ("CMD" may stand before them).
Result<oci::Strings> parse_health_command(std::string_view value, std::string_view flag);

}  // namespace isle::options
