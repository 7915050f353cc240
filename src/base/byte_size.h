#pragma once
// Sizes as people write them, read in one way by isle's flags and islet's.

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace isle {

// "512", "512b", "64k", "64kb", "64KiB", "1.5 g", up to e (exa): bytes, units as powers of 1024, as
// docker counts. `what` names the value in the error, such as "--memory". Below 2^63, else it is an
// error, too.
Result<std::int64_t> parse_byte_size(std::string_view text, std::string_view what);

}  // namespace isle
