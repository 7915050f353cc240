#pragma once
// Moments and spans as docker's users write them.

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace isle {

// Go's durations: "1h30m", "1.5s", "300ms"; nanoseconds, not negative.
Result<std::int64_t> parse_duration(std::string_view text, std::string_view flag);

// "2025-01-31T12:00:00.5Z" (the zone, the time and the fraction may be absent: then it is the local
// one), seconds since 1970 with a fraction, or a span before `now_ns`. Nanoseconds since 1970.
Result<std::int64_t> parse_moment(std::string_view text,
                                  std::string_view flag,
                                  std::int64_t now_ns);

// RFC 3339 alone, as logs have it.
Result<std::int64_t> parse_log_time(std::string_view text);

}  // namespace isle
