#pragma once
// Lengths of time as runc's command line has them, which is Go's time.ParseDuration.

#include <chrono>
#include <string_view>

#include "base/error.h"

namespace isle::islet {

// "500ms", "1m30s", "0.5s"; units ns us ms s m h. More than nothing.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text, std::string_view what);

}  // namespace isle::islet
