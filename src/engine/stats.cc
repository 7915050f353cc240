#include "engine/stats.h"

#include <sys/sysinfo.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/strings.h"
#include "kernel/fd.h"
#include "runtime/state/create.h"

namespace isle::engine {
namespace {

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

std::optional<NetworkCounters> read_network(const Listed& listed) {
  if (std::ranges::find(listed.state->namespaces, "network") == listed.state->namespaces.end()) {
    return std::nullopt;
  }
  const auto text =
      kernel::read_file(HostPath(format("/proc/{}/net/dev", listed.state->pid.value)));
  return text ? std::optional(parse_net_dev(*text)) : std::nullopt;
}

Result<Usage> read_usage(const Paths& paths,
                         const kernel::cgroup::Layout& layout,
                         const Listed& listed) {
  Usage usage{.id = listed.container.id, .name = listed.container.name, .stats = {}};
  if (!listed.running()) return usage;
  usage.running = true;
  const auto group = kernel::cgroup::Group::reopen(layout, listed.state->cgroup_directories);
  usage.stats = TRY(kernel::cgroup::read_stats(group));
  usage.time_ns = now_ns();
  usage.network = read_network(listed);
  if (usage.stats.pids) {
    usage.pids = usage.stats.pids->current;
  } else {
    usage.pids = TRY(runtime::container_processes(paths.states(), usage.id)).size();
  }
  return usage;
}

}  // namespace

NetworkCounters parse_net_dev(std::string_view text) {
  constexpr std::size_t kSent = 8;  // bytes sent follow eight columns of what was received
  NetworkCounters sum;
  for (const std::string_view line : split(text, '\n')) {
    const Cut parts = cut(line, ':');
    if (!parts.found || trim(parts.before) == "lo") continue;
    std::vector<std::string_view> numbers;
    for (const std::string_view word : split(parts.after, ' ')) {
      if (!word.empty()) numbers.push_back(word);
    }
    if (numbers.size() <= kSent) continue;
    sum.received += number_of(numbers[0]);
    sum.sent += number_of(numbers[kSent]);
  }
  return sum;
}

Result<std::vector<Usage>> sample_usage(const Paths& paths, const ListedOnes& containers) {
  const kernel::cgroup::Layout layout = TRY(kernel::cgroup::detect_layout());
  std::vector<Usage> all;
  all.reserve(containers.size());
  for (const Listed& listed : containers) {
    Result<Usage> usage = read_usage(paths, layout, listed);
    if (usage) {
      all.push_back(std::move(*usage));
    } else if (listed.state && runtime::is_alive(*listed.state)) {
      return std::unexpected(
          std::move(usage).error().within(format("container {}", listed.container.name)));
    }
  }
  return all;
}

double cpu_percent(const Usage& before, const Usage& after) {
  const std::int64_t span = after.time_ns - before.time_ns;
  if (!before.stats.cpu || !after.stats.cpu || span <= 0) return 0;
  if (after.stats.cpu->usage < before.stats.cpu->usage) return 0;  // it was started anew
  const auto used = static_cast<double>(after.stats.cpu->usage - before.stats.cpu->usage);
  return 100 * used / static_cast<double>(span);
}

MemoryUse memory_use(const Usage& usage) {
  MemoryUse use;
  struct sysinfo machine{};
  if (sysinfo(&machine) == 0) use.limit = std::uint64_t{machine.totalram} * machine.mem_unit;
  if (!usage.stats.memory) return use;
  use.used = usage.stats.memory->working_set();
  use.limit = std::min(usage.stats.memory->limit.value_or(use.limit), use.limit);
  return use;
}

}  // namespace isle::engine
