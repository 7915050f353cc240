#include "runtime/plan/systemd_scope.h"

#include <algorithm>
#include <map>

#include "base/strings.h"

namespace isle::runtime::plan {

using kernel::UnitProperty;
using kernel::cgroup::Controller;
using kernel::cgroup::DeviceException;

namespace {

std::unexpected<Error> bad_path(std::string_view path, std::string_view reason) {
  return fail(ErrorKind::InvalidArgument,
              format("linux.cgroupsPath {}: {}", quoted(path), reason),
              "with systemd it is SLICE:PREFIX:NAME, such as system.slice:islet:box");
}

// systemd.unit(5).
bool is_unit_name(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\";
  return !name.empty() && name.size() <= 255 &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

UnitProperty truth(std::string name) {
  return {.name = std::move(name), .type = "b", .values = {"true"}};
}
UnitProperty number(std::string name, std::string value) {
  return {.name = std::move(name), .type = "t", .values = {std::move(value)}};
}
UnitProperty word(std::string name, std::string value) {
  return {.name = std::move(name), .type = "s", .values = {std::move(value)}};
}

constexpr const char* kInfinity = "18446744073709551615";

// "max" and -1 are systemd's infinity.
std::string limit(std::string_view value) {
  return value == "max" || value == "-1" ? kInfinity : std::string(value);
}

}  // namespace

Result<std::string> slice_path(std::string_view slice) {
  const std::string_view name =
      slice.substr(0, slice.size() - std::min<std::size_t>(6, slice.size()));
  if (!slice.ends_with(".slice") || !is_unit_name(slice)) {
    return fail(ErrorKind::InvalidArgument, format("{} is no name of a slice", quoted(slice)));
  }
  if (name == "-") return "";
  std::string path;
  std::string above;
  for (const std::string_view part : split(name, '-')) {
    if (part.empty()) {
      return fail(
          ErrorKind::InvalidArgument,
          format("{} is no name of a slice: a dash stands between two levels", quoted(slice)));
    }
    above += (above.empty() ? "" : "-") + std::string(part);
    path += "/" + above + ".slice";
  }
  return path;
}

Result<ScopePlan> plan_scope(std::string_view cgroups_path,
                             std::string_view id,
                             const Systemd& manager) {
  const std::string usual = format(":islet:{}", id);
  const std::string_view text = cgroups_path.empty() ? usual : cgroups_path;
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() != 3) return bad_path(text, "has not three parts between colons");
  if (parts[2].empty()) return bad_path(text, "has no name");
  if (parts[2].ends_with(".slice")) {
    return bad_path(text, "a slice holds no processes of its own");
  }
  ScopePlan scope;
  scope.slice =
      parts[0].empty() ? (manager.user ? "user.slice" : "system.slice") : std::string(parts[0]);
  scope.unit = format("{}{}{}.scope", parts[1], parts[1].empty() ? "" : "-", parts[2]);
  if (!is_unit_name(scope.unit)) {
    return bad_path(text, format("{} is no name of a unit", quoted(scope.unit)));
  }
  const Result<std::string> slice = slice_path(scope.slice);
  if (!slice) return bad_path(text, slice.error().message);
  scope.path = format("{}{}/{}", manager.group, *slice, scope.unit);
  scope.properties = {word("Description", format("container {}", id)),
                      word("Slice", scope.slice),
                      truth("Delegate"),
                      truth("CPUAccounting"),
                      truth("MemoryAccounting"),
                      truth("IOAccounting"),
                      truth("TasksAccounting"),
                      // It does not end with the sessions, nor wait for the system to be up.
                      {.name = "DefaultDependencies", .type = "b", .values = {"false"}}};
  return scope;
}

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

// "0-2,5" to the bits of a mask, lowest first, as systemd takes sets of CPUs and memory nodes.
std::vector<std::string> bit_mask(std::string_view list) {
  std::vector<unsigned> bytes;
  for (const std::string_view range : split(trim(list), ',')) {
    const Cut ends = cut(range, '-');
    const Result<unsigned long long> first = parse_uint(ends.before, "");
    const Result<unsigned long long> last = ends.found ? parse_uint(ends.after, "") : first;
    constexpr unsigned long long kMost = 8192;
    if (!first || !last || *last >= kMost) return {};
    for (unsigned long long bit = *first; bit <= *last; ++bit) {
      if (bytes.size() <= bit / 8) bytes.resize(bit / 8 + 1);
      bytes[bit / 8] |= 1U << (bit % 8);
    }
  }
  std::vector<std::string> mask;
  mask.reserve(bytes.size());
  for (const unsigned byte : bytes) mask.push_back(std::to_string(byte));
  return mask;
}

// systemd keeps hundredths of a CPU and writes the file anew from them: rounded up, so that a
// reload never takes away from what was asked.
void add_quota(std::vector<UnitProperty>& properties,
               const std::string& quota,
               const std::string& period) {
  const Result<unsigned long long> every = parse_uint(period, "");
  if (quota == "max" || quota == "-1") {
    properties.push_back(number("CPUQuotaPerSecUSec", kInfinity));
  } else if (const Result<unsigned long long> each = parse_uint(quota, "");
             each && every && *every > 0) {
    constexpr unsigned long long kSecond = 1'000'000;
    constexpr unsigned long long kStep = 10'000;
    const unsigned long long per_second = *each * kSecond / *every;
    properties.push_back(
        number("CPUQuotaPerSecUSec", std::to_string((per_second + kStep - 1) / kStep * kStep)));
  }
  if (every && *every > 0) properties.push_back(number("CPUQuotaPeriodUSec", period));
}

struct Row {
  std::string_view file;
  const char* property;
};
constexpr Row kLimits[] = {{"memory.max", "MemoryMax"},
                           {"memory.high", "MemoryHigh"},
                           {"memory.low", "MemoryLow"},
                           {"memory.min", "MemoryMin"},
                           {"memory.swap.max", "MemorySwapMax"},
                           {"memory.limit_in_bytes", "MemoryLimit"},
                           {"cpu.weight", "CPUWeight"},
                           {"cpu.shares", "CPUShares"},
                           {"io.weight", "IOWeight"},
                           {"blkio.weight", "BlockIOWeight"},
                           {"blkio.bfq.weight", "BlockIOWeight"},
                           {"pids.max", "TasksMax"}};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void add_cpu(std::vector<UnitProperty>& properties, const Values& values) {
  if (const auto both = values.find("cpu.max"); both != values.end()) {
    const Cut parts = cut(both->second, ' ');
    add_quota(
        properties, std::string(parts.before), parts.found ? std::string(parts.after) : "100000");
    return;
  }
  const auto quota = values.find("cpu.cfs_quota_us");
  const auto period = values.find("cpu.cfs_period_us");
  if (quota == values.end()) return;
  add_quota(properties, quota->second, period == values.end() ? "100000" : period->second);
}

}  // namespace

std::vector<UnitProperty> resource_properties(const std::vector<CgroupWrite>& writes) {
  std::vector<UnitProperty> properties;
  Values values;  // the last one written holds
  for (const CgroupWrite& write : writes) {
    values[write.file] = write.value;
    // The weights of bfq have another scale than systemd's.
    if (write.file == "io.bfq.weight") values["io.weight"] = write.else_value;
  }
  for (const Row& row : kLimits) {
    const auto found = values.find(row.file);
    if (found == values.end()) continue;
    const std::string value = limit(found->second);  // io.weight may also be "default 100"
    if (is_number(value)) properties.push_back(number(row.property, value));
  }
  add_cpu(properties, values);
  for (const auto& [file, property] :
       {std::pair("cpuset.cpus", "AllowedCPUs"), std::pair("cpuset.mems", "AllowedMemoryNodes")}) {
    const auto found = values.find(std::string_view(file));
    if (found == values.end()) continue;
    std::vector<std::string> mask = bit_mask(found->second);
    if (!mask.empty()) {
      properties.push_back({.name = property, .type = "ay", .values = std::move(mask)});
    }
  }
  return properties;
}

namespace {

std::string access_letters(unsigned access) {
  std::string letters;
  if ((access & kernel::cgroup::kDeviceRead) != 0) letters += 'r';
  if ((access & kernel::cgroup::kDeviceWrite) != 0) letters += 'w';
  if ((access & kernel::cgroup::kDeviceMknod) != 0) letters += 'm';
  return letters;
}

// False when systemd has no words for it: it knows whole kinds, named drivers and single devices.
bool add_device(std::vector<std::string>& allow, const DeviceException& device, char type) {
  constexpr std::uint32_t kTerminals = 136;
  const std::string kind = type == 'b' ? "block" : "char";
  const std::string letters = access_letters(device.access);
  if (device.major && device.minor) {
    allow.push_back(format("/dev/{}/{}:{}", kind, *device.major, *device.minor));
  } else if (!device.major && !device.minor) {
    allow.push_back(kind + "-*");
  } else if (type == 'c' && device.major == kTerminals && !device.minor) {
    allow.emplace_back("char-pts");
  } else {
    return false;
  }
  allow.push_back(letters);
  return true;
}

}  // namespace

std::vector<UnitProperty> device_properties(const kernel::cgroup::DevicePolicy& policy) {
  if (policy.allow_by_default) return {};
  UnitProperty allow{.name = "DeviceAllow", .type = "a(ss)", .values = {}};
  for (const DeviceException& device : policy.exceptions) {
    for (const char type : {'b', 'c'}) {
      if (device.type != 'a' && device.type != type) continue;
      if (!add_device(allow.values, device, type)) return {};
    }
  }
  std::vector<UnitProperty> properties = {word("DevicePolicy", "strict")};
  properties.push_back(std::move(allow));
  return properties;
}

}  // namespace isle::runtime::plan
