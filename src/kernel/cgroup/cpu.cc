// v1 keeps the time used (cpuacct) and the throttling (cpu) in two controllers, in nanoseconds;
// v2 has both in cpu.stat of every group, in microseconds.

#include "kernel/cgroup/stats_read.h"

namespace isle::kernel::cgroup {

namespace {

constexpr auto kTime = Controller::Cpuacct;

Count from_microseconds(const Count& value) {
  if (!value) return std::nullopt;
  return *value * 1000;
}

CpuStats parse_v2(std::string_view stat, std::uint64_t usage) {
  return {.usage = usage * 1000,
          .user = from_microseconds(parse_key(stat, "user_usec")),
          .system = from_microseconds(parse_key(stat, "system_usec")),
          .periods = parse_key(stat, "nr_periods"),
          .throttled_periods = parse_key(stat, "nr_throttled"),
          .throttled_time = from_microseconds(parse_key(stat, "throttled_usec"))};
}

}  // namespace

Result<std::optional<CpuStats>> read_cpu(const Group& group) {
  if (const Count usage = TRY(read_number(group, kTime, "cpuacct.usage"))) {
    const std::string stat = TRY(read_text(group, Controller::Cpu, "cpu.stat"));
    return CpuStats{.usage = *usage,
                    .user = TRY(read_number(group, kTime, "cpuacct.usage_user")),
                    .system = TRY(read_number(group, kTime, "cpuacct.usage_sys")),
                    .periods = parse_key(stat, "nr_periods"),
                    .throttled_periods = parse_key(stat, "nr_throttled"),
                    .throttled_time = parse_key(stat, "throttled_time")};
  }
  const std::string stat = TRY(group.read_v2("cpu.stat")).value_or("");
  if (const Count usage = parse_key(stat, "usage_usec")) return parse_v2(stat, *usage);
  return std::nullopt;
}

}  // namespace isle::kernel::cgroup
