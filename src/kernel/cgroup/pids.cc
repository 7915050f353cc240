// The same files on both versions; pids.peak is newer (6.1). The root group has no pids.current.

#include "kernel/cgroup/stats_read.h"

namespace isle::kernel::cgroup {

Result<std::optional<PidsStats>> read_pids(const Group& group) {
  constexpr auto kPids = Controller::Pids;
  const Count current = TRY(read_number(group, kPids, "pids.current"));
  if (!current) return std::nullopt;
  return PidsStats{.current = *current,
                   .peak = TRY(read_number(group, kPids, "pids.peak")),
                   .limit = TRY(read_number(group, kPids, "pids.max")),
                   .limit_hits = parse_key(TRY(read_text(group, kPids, "pids.events")), "max")};
}

}  // namespace isle::kernel::cgroup
