// v1 counts memory and swap together and v2 apart; stats say swap alone. v1's figures of a group
// with groups below are those named total_*.

#include "kernel/cgroup/stats_read.h"

namespace isle::kernel::cgroup {

namespace {

constexpr auto kMemory = Controller::Memory;

Count difference(const Count& both, const Count& one) {
  if (!both || !one) return std::nullopt;
  return *both > *one ? *both - *one : 0;
}

Result<MemoryStats> read_v1(const Group& group, std::uint64_t usage) {
  const std::string stat = TRY(read_text(group, kMemory, "memory.stat"));
  const Count limit = TRY(read_number(group, kMemory, "memory.limit_in_bytes"));
  return MemoryStats{
      .usage = usage,
      .peak = TRY(read_number(group, kMemory, "memory.max_usage_in_bytes")),
      .limit = limit,
      .swap = difference(TRY(read_number(group, kMemory, "memory.memsw.usage_in_bytes")), usage),
      .swap_limit =
          difference(TRY(read_number(group, kMemory, "memory.memsw.limit_in_bytes")), limit),
      .anon = parse_key(stat, "total_rss"),
      .file = parse_key(stat, "total_cache"),
      .inactive_file = parse_key(stat, "total_inactive_file"),
      .kernel = TRY(read_number(group, kMemory, "memory.kmem.usage_in_bytes")),
      .limit_hits = TRY(read_number(group, kMemory, "memory.failcnt")),
      .oom_kills = parse_key(TRY(read_text(group, kMemory, "memory.oom_control")), "oom_kill")};
}

Result<MemoryStats> read_v2(const Group& group, std::uint64_t usage) {
  const std::string stat = TRY(read_text(group, kMemory, "memory.stat"));
  const std::string events = TRY(read_text(group, kMemory, "memory.events"));
  return MemoryStats{.usage = usage,
                     .peak = TRY(read_number(group, kMemory, "memory.peak")),
                     .limit = TRY(read_number(group, kMemory, "memory.max")),
                     .swap = TRY(read_number(group, kMemory, "memory.swap.current")),
                     .swap_limit = TRY(read_number(group, kMemory, "memory.swap.max")),
                     .anon = parse_key(stat, "anon"),
                     .file = parse_key(stat, "file"),
                     .inactive_file = parse_key(stat, "inactive_file"),
                     .kernel = parse_key(stat, "kernel"),
                     .limit_hits = parse_key(events, "max"),
                     .oom_kills = parse_key(events, "oom_kill")};
}

}  // namespace

std::uint64_t MemoryStats::working_set() const {
  const std::uint64_t inactive = inactive_file.value_or(0);
  return usage > inactive ? usage - inactive : 0;
}

Result<std::optional<MemoryStats>> read_memory(const Group& group) {
  if (const Count usage = TRY(read_number(group, kMemory, "memory.current"))) {
    return TRY(read_v2(group, *usage));
  }
  if (const Count usage = TRY(read_number(group, kMemory, "memory.usage_in_bytes"))) {
    return TRY(read_v1(group, *usage));
  }
  return std::nullopt;
}

Result<Count> read_oom_kills(const Group& group) {
  if (const auto events = TRY(group.read(kMemory, "memory.events"))) {
    return parse_key(*events, "oom_kill");
  }
  return parse_key(TRY(read_text(group, kMemory, "memory.oom_control")), "oom_kill");
}

}  // namespace isle::kernel::cgroup
