#pragma once
// What running containers use of the machine, by the files of their control groups and the counters
// of their network devices. Two samples tell how much of a CPU was used in between.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/containers.h"
#include "engine/paths.h"
#include "kernel/cgroup/stats.h"

namespace isle::engine {

struct NetworkCounters {  // bytes, of all devices but lo
  std::uint64_t received = 0, sent = 0;
  bool operator==(const NetworkCounters&) const = default;
};
// /proc/PID/net/dev, proc(5). Pure.
NetworkCounters parse_net_dev(std::string_view text);

struct Usage {
  std::string id, name;
  bool running = false;      // else all below is zero
  std::int64_t time_ns = 0;  // CLOCK_MONOTONIC, when it was read
  kernel::cgroup::Stats stats;
  std::optional<NetworkCounters> network;  // absent: it has the host's network
  std::uint64_t pids = 0;
};

// One sample of each. A container that ends meanwhile is left out.
Result<std::vector<Usage>> sample_usage(const Paths& paths, const ListedOnes& containers);

// CPUs used between two samples of one container, in percent of one CPU. Pure.
double cpu_percent(const Usage& before, const Usage& after);

struct MemoryUse {
  std::uint64_t used = 0, limit = 0;  // bytes; limit: the machine's memory where there is none
};
MemoryUse memory_use(const Usage& usage);

}  // namespace isle::engine
