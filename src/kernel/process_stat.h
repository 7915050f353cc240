#pragma once
// What /proc/PID/stat says of a process, proc(5): the fields that isle asks for.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"

namespace isle::kernel {

struct ProcessStat {
  std::string name;           // at most 15 bytes, any but NUL
  char state = '?';           // 'R', 'S', 'D', 'T', 't', 'Z', 'X' ...
  std::uint64_t threads = 0;  // 0 or 1 of a zombie whose other threads have ended
  std::uint64_t start = 0;    // clock ticks since the boot: with the number, it names a process
};

// Corrupt: it is not in the form of proc(5).
Result<ProcessStat> parse_process_stat(std::string_view text);
// The error's errnum is ENOENT or ESRCH where there is no such process.
Result<ProcessStat> read_process_stat(Pid pid);

}  // namespace isle::kernel
