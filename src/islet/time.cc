#include "islet/time.h"

#include <ctime>

#include "base/strings.h"

namespace isle::islet {

std::string rfc3339(std::int64_t seconds) {
  const time_t clock = seconds;
  tm parts{};
  if (gmtime_r(&clock, &parts) == nullptr) return {};
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                parts.tm_year + 1900,
                parts.tm_mon + 1,
                parts.tm_mday,
                parts.tm_hour,
                parts.tm_min,
                parts.tm_sec);
}

}  // namespace isle::islet
