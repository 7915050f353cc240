#include "islet/event_stats.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <span>

#include "base/strings.h"
#include "kernel/cgroup/stats.h"

namespace isle::islet {

using kernel::cgroup::Controller;
using kernel::cgroup::Group;

namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t number_of(std::string_view text) {
  text = trim(text);
  if (text == "max") return kUnlimited;
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The files of one group, absent ones as empty texts; the first real failure is kept.
class Files {
 public:
  explicit Files(const Group& group) : group_(group) {}

  std::string text(Controller controller, const std::string& file) {
    return take(group_.read(controller, file));
  }
  std::string v2_text(const std::string& file) { return take(group_.read_v2(file)); }
  std::uint64_t number(Controller controller, const std::string& file) {
    return number_of(text(controller, file));
  }
  Result<void> end() { return std::move(failure_); }

 private:
  const Group& group_;
  Result<void> failure_;

  std::string take(Result<std::optional<std::string>> text) {
    if (text) return std::move(*text).value_or("");
    if (failure_) failure_ = std::unexpected(std::move(text).error());
    return {};
  }
};

void set(json::Value& object, const char* key, std::uint64_t value) {
  if (value != 0) object[key] = value;
}
void set(json::Value& object, const char* key, const std::optional<std::uint64_t>& value) {
  set(object, key, value.value_or(0));
}
void set_list(json::Value& object, const char* key, json::Array list) {
  if (!list.empty()) object[key] = std::move(list);
}
void set_value(json::Value& object, const char* key, json::Value value) {
  if (!value.is_null()) object[key] = std::move(value);
}

// ---- cpu --------------------------------------------------------------------------------------

json::Array numbers(std::string_view text) {
  json::Array list;
  for (const std::string_view word : split(trim(text), ' ')) {
    if (!word.empty()) list.emplace_back(number_of(word));
  }
  return list;
}

// cpuacct.usage_all: a line "CPU USER SYSTEM" for each CPU below a line of titles.
json::Array column(std::string_view text, std::size_t index) {
  json::Array list;
  for (const std::string_view line : split(trim(text), '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() == 3 && words[0] != "cpu") list.emplace_back(number_of(words[index]));
  }
  return list;
}

Result<json::Value> cpu_json(const Group& group, Files& files) {
  const kernel::cgroup::CpuStats stats =
      TRY(kernel::cgroup::read_cpu(group)).value_or(kernel::cgroup::CpuStats{});
  json::Value cpu;
  json::Value& usage = cpu["usage"];
  set(usage, "total", stats.usage);
  const std::string all = files.text(Controller::Cpuacct, "cpuacct.usage_all");
  set_list(usage, "percpu", numbers(files.text(Controller::Cpuacct, "cpuacct.usage_percpu")));
  set_list(usage, "percpu_kernel", column(all, 2));
  set_list(usage, "percpu_user", column(all, 1));
  usage["kernel"] = stats.system.value_or(0);
  usage["user"] = stats.user.value_or(0);
  if (stats.periods.value_or(0) != 0) {
    json::Value& throttling = cpu["throttling"];
    set(throttling, "periods", stats.periods);
    set(throttling, "throttledPeriods", stats.throttled_periods);
    set(throttling, "throttledTime", stats.throttled_time);
  }
  set_value(cpu, "psi", pressure_json(files.v2_text("cpu.pressure")));
  return cpu;
}

json::Value cpuset_json(Files& files) {
  constexpr std::pair<const char*, const char*> kFlags[] = {
      {"cpu_exclusive", "cpuset.cpu_exclusive"},
      {"mem_hardwall", "cpuset.mem_hardwall"},
      {"mem_exclusive", "cpuset.mem_exclusive"},
      {"memory_migrate", "cpuset.memory_migrate"},
      {"memory_spread_page", "cpuset.memory_spread_page"},
      {"memory_spread_slab", "cpuset.memory_spread_slab"},
      {"memory_pressure", "cpuset.memory_pressure"},
      {"sched_load_balance", "cpuset.sched_load_balance"}};
  json::Value set;
  set_list(set, "cpus", list_json(files.text(Controller::Cpuset, "cpuset.cpus")));
  set_list(set, "mems", list_json(files.text(Controller::Cpuset, "cpuset.mems")));
  for (const auto& [key, file] : kFlags) set[key] = files.number(Controller::Cpuset, file);
  // The one that may be negative.
  const std::string level = files.text(Controller::Cpuset, "cpuset.sched_relax_domain_level");
  set["sched_relax_domain_level"] =
      static_cast<std::int64_t>(parse_int(trim(level), "level").value_or(0));
  return set;
}

// ---- memory -----------------------------------------------------------------------------------

struct Entry {
  std::uint64_t limit = 0, usage = 0, max = 0, failures = 0;
};

json::Value entry_json(const Entry& entry) {
  json::Value object;
  object["limit"] = entry.limit;
  set(object, "usage", entry.usage);
  set(object, "max", entry.max);
  object["failcnt"] = entry.failures;
  return object;
}

// "memory" + "limit_in_bytes", "memory.kmem.tcp" + ...
Entry entry_v1(Files& files, const std::string& name) {
  const auto number = [&](const char* file) {
    return files.number(Controller::Memory, name + file);
  };
  return {.limit = number(".limit_in_bytes"),
          .usage = number(".usage_in_bytes"),
          .max = number(".max_usage_in_bytes"),
          .failures = number(".failcnt")};
}

std::uint64_t sum(std::uint64_t one, std::uint64_t other) {
  return one > kUnlimited - other ? kUnlimited : one + other;
}

void add_memory_v1(json::Value& memory, Files& files, std::string_view stat) {
  set(memory, "cache", kernel::cgroup::parse_key(stat, "cache"));
  memory["usage"] = entry_json(entry_v1(files, "memory"));
  memory["swap"] = entry_json(entry_v1(files, "memory.memsw"));
  memory["kernel"] = entry_json(entry_v1(files, "memory.kmem"));
  memory["kernelTCP"] = entry_json(entry_v1(files, "memory.kmem.tcp"));
}

// v1 counts memory and swap together; so does this, whatever the host has.
void add_memory_v2(json::Value& memory, Files& files, std::string_view stat) {
  constexpr auto kMemory = Controller::Memory;
  const std::string events = files.text(kMemory, "memory.events");
  const std::string swap_events = files.text(kMemory, "memory.swap.events");
  const Entry usage{.limit = files.number(kMemory, "memory.max"),
                    .usage = files.number(kMemory, "memory.current"),
                    .max = files.number(kMemory, "memory.peak"),
                    .failures = kernel::cgroup::parse_key(events, "max").value_or(0)};
  const Entry swap{.limit = sum(files.number(kMemory, "memory.swap.max"), usage.limit),
                   .usage = sum(files.number(kMemory, "memory.swap.current"), usage.usage),
                   .max = files.number(kMemory, "memory.swap.peak"),
                   .failures = kernel::cgroup::parse_key(swap_events, "fail").value_or(0)};
  set(memory, "cache", kernel::cgroup::parse_key(stat, "file"));
  memory["usage"] = entry_json(usage);
  memory["swap"] = entry_json(swap);
  set_value(memory, "psi", pressure_json(files.v2_text("memory.pressure")));
}

json::Value memory_json(Files& files) {
  json::Value memory;
  memory["usage"] = entry_json({});
  const std::string stat = files.text(Controller::Memory, "memory.stat");
  if (stat.empty()) return memory;
  if (files.text(Controller::Memory, "memory.current").empty()) {
    add_memory_v1(memory, files, stat);
  } else {
    add_memory_v2(memory, files, stat);
  }
  json::Value& raw = memory["raw"];
  for (const std::string_view line : split(trim(stat), '\n')) {
    const Cut parts = cut(line, ' ');
    if (parts.found) raw[parts.before] = number_of(parts.after);
  }
  return memory;
}

// ---- the rest ---------------------------------------------------------------------------------

Result<json::Value> pids_json(const Group& group) {
  json::Value pids{json::Object{}};
  const auto stats = TRY(kernel::cgroup::read_pids(group));
  if (!stats) return pids;
  set(pids, "current", stats->current);
  set(pids, "limit", stats->limit);
  return pids;
}

void add_io(json::Array& list,
            const kernel::cgroup::IoDeviceStats& device,
            std::pair<std::uint64_t, std::uint64_t> values) {
  for (const auto& [name, value] : {std::pair("Read", values.first), {"Write", values.second}}) {
    json::Value entry;
    set(entry, "major", device.major);
    set(entry, "minor", device.minor);
    entry["op"] = name;
    set(entry, "value", value);
    list.push_back(std::move(entry));
  }
}

Result<json::Value> io_json(const Group& group, Files& files) {
  json::Value io{json::Object{}};
  const auto devices = TRY(kernel::cgroup::read_io(group));
  json::Array bytes;
  json::Array operations;
  for (const kernel::cgroup::IoDeviceStats& device : devices.value_or(kernel::cgroup::IoStats{})) {
    add_io(bytes, device, {device.read_bytes, device.write_bytes});
    add_io(operations, device, {device.reads, device.writes});
  }
  set_list(io, "ioServiceBytesRecursive", std::move(bytes));
  set_list(io, "ioServicedRecursive", std::move(operations));
  set_value(io, "psi", pressure_json(files.v2_text("io.pressure")));
  return io;
}

// "2MB", "1GB": the sizes whose files there are.
json::Value hugetlb_json(Files& files) {
  constexpr auto kHuge = Controller::Hugetlb;
  json::Value sizes{json::Object{}};
  for (const char* size : {"64KB", "2MB", "32MB", "512MB", "1GB", "16GB"}) {
    const std::string name = format("hugetlb.{}.", size);
    const std::string v2 = files.text(kHuge, name + "current");
    if (v2.empty() && files.text(kHuge, name + "usage_in_bytes").empty()) continue;
    json::Value entry;
    set(entry, "usage", v2.empty() ? files.number(kHuge, name + "usage_in_bytes") : number_of(v2));
    set(entry, "max", files.number(kHuge, name + "max_usage_in_bytes"));
    const std::string events = files.text(kHuge, name + "events");
    entry["failcnt"] = v2.empty() ? files.number(kHuge, name + "failcnt")
                                  : kernel::cgroup::parse_key(events, "max").value_or(0);
    sizes[size] = std::move(entry);
  }
  return sizes;
}

}  // namespace

json::Value pressure_json(std::string_view text) {
  json::Value all;
  for (const std::string_view line : split(trim(text), '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() < 5) continue;
    json::Value& kind = all[words[0]];
    for (const std::string_view word : std::span(words).subspan(1)) {
      const Cut pair = cut(word, '=');
      if (pair.before == "total") {
        kind[pair.before] = number_of(pair.after);
        continue;
      }
      double value = 0;
      std::from_chars(pair.after.data(), pair.after.data() + pair.after.size(), value);
      kind[pair.before] = value;
    }
  }
  return all;
}

json::Array list_json(std::string_view list) {
  json::Array numbers;
  for (const std::string_view part : split(trim(list), ',')) {
    if (part.empty()) continue;
    const Cut range = cut(part, '-');
    const std::uint64_t first = number_of(range.before);
    const std::uint64_t last = range.found ? number_of(range.after) : first;
    constexpr std::uint64_t kMost = 65'535;  // as runc's decoder counts CPUs
    for (std::uint64_t i = first; i <= last && i <= kMost; ++i) numbers.emplace_back(i);
  }
  return numbers;
}

Result<json::Value> stats_json(const Group& group) {
  Files files(group);
  json::Value cpu = TRY(cpu_json(group, files));
  json::Value pids = TRY(pids_json(group));
  json::Value io = TRY(io_json(group, files));
  json::Value stats;
  stats["cpu"] = std::move(cpu);
  stats["cpuset"] = cpuset_json(files);
  stats["memory"] = memory_json(files);
  stats["pids"] = std::move(pids);
  stats["blkio"] = std::move(io);
  stats["hugetlb"] = hugetlb_json(files);
  stats["intel_rdt"] = json::Object{};
  stats["network_interfaces"] = nullptr;
  TRY(files.end());
  return stats;
}

}  // namespace isle::islet
