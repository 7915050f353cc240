#pragma once
// Times as OCI tools print them.

#include <cstdint>
#include <string>

namespace isle::islet {

// "2026-01-31T12:00:00Z", of seconds since 1970.
std::string rfc3339(std::int64_t seconds);

}  // namespace isle::islet
