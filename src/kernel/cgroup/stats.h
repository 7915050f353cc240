#pragma once
// Why: what a container uses, in one shape for v1 and v2. A value the kernel does not tell is an
// empty optional; a controller without a group leaves its whole struct out. Parsing is pure and
// apart from reading, so that both are tested. cgroup-v2.rst; cgroup-v1/{memory,cpuacct,blkio}.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/cgroup/group.h"

namespace isle::kernel::cgroup {

using Count = std::optional<std::uint64_t>;

struct MemoryStats {  // bytes
  std::uint64_t usage = 0;
  Count peak = {}, limit = {};       // no limit: unlimited
  Count swap = {}, swap_limit = {};  // swap alone on both versions
  Count anon = {}, file = {}, inactive_file = {}, kernel = {};
  Count limit_hits = {};  // how often the limit was met
  Count oom_kills = {};   // processes killed for lack of memory
  // What the kernel could not drop at once: usage less the inactive page cache.
  std::uint64_t working_set() const;
};

struct CpuStats {  // nanoseconds
  std::uint64_t usage = 0;
  Count user = {}, system = {};
  Count periods = {}, throttled_periods = {}, throttled_time = {};
};

struct PidsStats {
  std::uint64_t current = 0;
  Count peak = {}, limit = {};
  Count limit_hits = {};  // forks refused
};

struct IoDeviceStats {
  std::uint32_t major = 0, minor = 0;
  std::uint64_t read_bytes = 0, write_bytes = 0, reads = 0, writes = 0;
};
using IoStats = std::vector<IoDeviceStats>;

struct Stats {
  std::optional<MemoryStats> memory;
  std::optional<CpuStats> cpu;
  std::optional<PidsStats> pids;
  std::optional<IoStats> io;
};

Result<std::optional<MemoryStats>> read_memory(const Group& group);
Result<std::optional<CpuStats>> read_cpu(const Group& group);
Result<std::optional<PidsStats>> read_pids(const Group& group);
Result<std::optional<IoStats>> read_io(const Group& group);
// All that are there.
Result<Stats> read_stats(const Group& group);
// Processes of the group killed for lack of memory; none if the kernel does not tell.
Result<Count> read_oom_kills(const Group& group);

// "1234\n"; "max", and v1's nearly 2^63, are none.
Count parse_limit(std::string_view text);
// Value of "key 1234" in `text`.
Count parse_key(std::string_view text, std::string_view key);
// v2's io.stat, and v1's two files.
IoStats parse_io_v2(std::string_view text);
IoStats parse_io_v1(std::string_view bytes, std::string_view operations);

}  // namespace isle::kernel::cgroup
