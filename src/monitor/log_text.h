#pragma once
// Text and times as logs have them.

#include <cstdint>
#include <string>
#include <string_view>

namespace isle::monitor {

// What stands between the quotes of a JSON text; bytes that are no UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

// "2025-01-31T12:00:00.123456789Z", RFC 3339.
std::string log_time(std::int64_t time_ns);

}  // namespace isle::monitor
