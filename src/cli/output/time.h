#pragma once
// Times as image configurations have them (RFC 3339).

#include <cstdint>
#include <optional>
#include <string_view>

namespace isle::cli {

// Seconds since 1970; nullopt: no such time, or the year 1 that Go writes for none.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace isle::cli
