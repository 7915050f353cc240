// v2: one line a disk, "8:0 rbytes=1 wbytes=2 rios=3 wios=4 ...". v1: one line a disk and kind,
// "8:0 Read 1", bytes and operations in two files; those of the throttling policy count for every
// disk, whatever its scheduler.

#include <algorithm>

#include "base/strings.h"
#include "kernel/cgroup/stats_read.h"

namespace isle::kernel::cgroup {

namespace {

// The entry of "8:0", made if need be; null if that is no disk ("Total 0").
IoDeviceStats* entry(IoStats& stats, std::string_view name) {
  const Cut number = cut(name, ':');
  const Count major = parse_limit(number.before);
  const Count minor = parse_limit(number.after);
  if (!major || !minor) return nullptr;
  for (IoDeviceStats& each : stats) {
    if (each.major == *major && each.minor == *minor) return &each;
  }
  IoDeviceStats& made = stats.emplace_back();
  made.major = static_cast<std::uint32_t>(*major);
  made.minor = static_cast<std::uint32_t>(*minor);
  return &made;
}

using Field = std::uint64_t IoDeviceStats::*;

void add_v1(IoStats& stats, std::string_view text, Field read, Field write) {
  for (const std::string_view line : split(trim(text), '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() != 3 || (words[1] != "Read" && words[1] != "Write")) continue;
    IoDeviceStats* device = entry(stats, words[0]);
    if (device != nullptr) {
      device->*(words[1] == "Read" ? read : write) = parse_limit(words[2]).value_or(0);
    }
  }
}

}  // namespace

IoStats parse_io_v2(std::string_view text) {
  constexpr std::pair<std::string_view, Field> kFields[] = {{"rbytes", &IoDeviceStats::read_bytes},
                                                            {"wbytes", &IoDeviceStats::write_bytes},
                                                            {"rios", &IoDeviceStats::reads},
                                                            {"wios", &IoDeviceStats::writes}};
  IoStats stats;
  for (const std::string_view line : split(trim(text), '\n')) {
    const Cut parts = cut(line, ' ');
    if (!parts.found) continue;
    IoDeviceStats* device = entry(stats, parts.before);
    if (device == nullptr) continue;
    for (const std::string_view word : split(parts.after, ' ')) {
      const Cut pair = cut(word, '=');
      const auto* field = std::ranges::find(kFields, pair.before, [](auto& f) { return f.first; });
      if (field != std::end(kFields)) device->*field->second = parse_limit(pair.after).value_or(0);
    }
  }
  return stats;
}

IoStats parse_io_v1(std::string_view bytes, std::string_view operations) {
  IoStats stats;
  add_v1(stats, bytes, &IoDeviceStats::read_bytes, &IoDeviceStats::write_bytes);
  add_v1(stats, operations, &IoDeviceStats::reads, &IoDeviceStats::writes);
  return stats;
}

Result<std::optional<IoStats>> read_io(const Group& group) {
  constexpr auto kIo = Controller::Io;
  if (const auto stat = TRY(group.read(kIo, "io.stat"))) return parse_io_v2(*stat);
  const auto bytes = TRY(group.read(kIo, "blkio.throttle.io_service_bytes_recursive"));
  if (!bytes) return std::nullopt;
  return parse_io_v1(*bytes, TRY(read_text(group, kIo, "blkio.throttle.io_serviced_recursive")));
}

}  // namespace isle::kernel::cgroup
