#pragma once
// Why: processors and memory nodes come as lists such as "0-3,7" (cpuset(7), "List format"), and
// system calls want a bit for each number.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace isle::kernel {

// Bit N of the result's words is number N; as many words as the highest number needs.
// InvalidArgument: no number at all, a range that goes down, a number above 8191 (more than any
// kernel has), or anything but digits, dashes and commas.
Result<std::vector<std::uint64_t>> parse_number_list(std::string_view text);

}  // namespace isle::kernel
