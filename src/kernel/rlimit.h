#pragma once
// Why: resource limits have numbers in the kernel, RLIMIT_ names in the OCI spec, and docker's
// short names in --ulimit. getrlimit(2).

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/resource.h>

#include "base/error.h"

namespace isle::kernel {

// Both in the resource's own unit (bytes, seconds, microseconds, counts); RLIM_INFINITY is none.
struct RlimitValue {
  std::uint64_t soft = RLIM_INFINITY;
  std::uint64_t hard = RLIM_INFINITY;
  auto operator<=>(const RlimitValue&) const = default;
};

// "RLIMIT_NOFILE" or "nofile", any case, to its number; error InvalidArgument lists the names.
Result<int> parse_rlimit_name(std::string_view text);
// "RLIMIT_NOFILE"; `number` is one that parse_rlimit_name gave.
std::string rlimit_name(int number);

// "1024", "1024:2048", "unlimited" or "-1" in either place: a single value is both.
Result<RlimitValue> parse_rlimit_value(std::string_view text);
// "1024:2048", "unlimited:unlimited".
std::string format_rlimit(const RlimitValue& value);

}  // namespace isle::kernel
