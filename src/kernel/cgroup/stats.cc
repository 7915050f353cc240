#include "kernel/cgroup/stats.h"

#include <charconv>

#include "base/strings.h"
#include "kernel/cgroup/group_tree.h"
#include "kernel/cgroup/stats_read.h"

namespace isle::kernel::cgroup {

Count parse_limit(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // v1 writes "no limit" as the largest number of whole pages.
  constexpr std::uint64_t kNoLimit = std::uint64_t{0x7fffffffffff0000};
  if (value >= kNoLimit) return std::nullopt;
  return value;
}

Count parse_key(std::string_view text, std::string_view key) {
  const auto value = keyed(text, key);
  return value ? parse_limit(*value) : std::nullopt;
}

Result<Count> read_number(const Group& group, Controller controller, const std::string& file) {
  const auto text = TRY(group.read(controller, file));
  return text ? parse_limit(*text) : std::nullopt;
}

Result<std::string> read_text(const Group& group, Controller controller, const std::string& file) {
  return TRY(group.read(controller, file)).value_or("");
}

Result<Stats> read_stats(const Group& group) {
  return Stats{.memory = TRY(read_memory(group)),
               .cpu = TRY(read_cpu(group)),
               .pids = TRY(read_pids(group)),
               .io = TRY(read_io(group))};
}

}  // namespace isle::kernel::cgroup
