#pragma once
// Why: the kernel answers a refused limit with a bare errno; what it means depends on the file.

#include <string>
#include <string_view>

namespace isle::kernel::cgroup {

// What to do about errno `errnum` of a write to `file`; may be empty.
std::string write_hint(std::string_view file, int errnum);

}  // namespace isle::kernel::cgroup
