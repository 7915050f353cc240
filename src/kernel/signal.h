#pragma once
// Why: users write signals as TERM, SIGTERM, 15 or RTMIN+3. signal(7). Real-time signals count from
// SIGRTMIN as glibc programs see it (34: the C library keeps 32 and 33 for itself), as docker does.

#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::kernel {

inline constexpr int kSignalRtMin = 34;
inline constexpr int kSignalMax = 64;

// 1 to 64; error InvalidArgument names the text.
Result<int> parse_signal(std::string_view text);
// "SIGTERM", "SIGRTMIN", "SIGRTMIN+3", "SIGRTMAX-2"; "32" for one that has no name.
std::string signal_name(int number);

}  // namespace isle::kernel
