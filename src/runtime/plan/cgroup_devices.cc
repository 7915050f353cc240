// A container may use no device but those it is given: the start is "deny all" whether or not the
// specification says so. The devices that every container has in /dev are added at the end, after
// rules that might clear the list.

#include "base/strings.h"
#include "runtime/plan/cgroup_parts.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;
using kernel::cgroup::DeviceRule;

namespace {

struct Node {
  std::uint32_t major = 0;
  std::optional<std::uint32_t> minor;
};
// null zero full random urandom, tty, ptmx, and the terminals of the container's own devpts.
constexpr Node kAlways[] = {{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 2}, {136, {}}};

Result<unsigned> parse_access(const std::string& access, const std::string& where) {
  if (access.empty()) return kernel::cgroup::kDeviceAll;
  unsigned bits = 0;
  for (const char letter : access) {
    switch (letter) {
      case 'r': bits |= kernel::cgroup::kDeviceRead; break;
      case 'w': bits |= kernel::cgroup::kDeviceWrite; break;
      case 'm': bits |= kernel::cgroup::kDeviceMknod; break;
      default: return meaningless(where, quoted(access) + " is not made of r, w and m");
    }
  }
  return bits;
}

// -1 is "all", as some engines write it.
Result<std::optional<std::uint32_t>> parse_number(const std::optional<std::int64_t>& number,
                                                  const std::string& where) {
  if (!number || *number == -1) return std::nullopt;
  if (*number < 0 || *number > 0xfffff) return meaningless(where, "is no device number");
  return static_cast<std::uint32_t>(*number);
}

Result<DeviceRule> parse_rule(const oci::DeviceRule& rule, const std::string& where) {
  DeviceRule parsed;
  parsed.allow = rule.allow;
  if (rule.type == "u") {
    parsed.type = 'c';
  } else if (rule.type == "b" || rule.type == "c") {
    parsed.type = rule.type[0];
  } else if (!rule.type.empty() && rule.type != "a") {
    return meaningless(where + ".type", quoted(rule.type) + " is none of a, b and c");
  }
  parsed.major = TRY(parse_number(rule.major, where + ".major"));
  parsed.minor = TRY(parse_number(rule.minor, where + ".minor"));
  parsed.access = TRY(parse_access(rule.access, where + ".access"));
  return parsed;
}

}  // namespace

Result<void> plan_devices(CgroupBuilder& builder, const std::vector<oci::DeviceRule>& rules) {
  std::vector<DeviceRule> parsed;
  parsed.reserve(rules.size() + std::size(kAlways));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    parsed.push_back(TRY(parse_rule(rules[i], format("devices[{}]", i))));
  }
  for (const Node& node : kAlways) {
    parsed.push_back({.allow = true, .type = 'c', .major = node.major, .minor = node.minor});
  }
  kernel::cgroup::DevicePolicy policy =
      TRY_STEP(kernel::cgroup::device_policy(parsed), at("devices"));
  if (policy.unrestricted() || !builder.options().restrict_devices) return {};
  if (rules.empty() && !builder.layout().has(Controller::Devices)) {
    builder.warn("devices are not restricted: this host has no devices controller");
    return {};
  }
  TRY(builder.need(Controller::Devices, "devices"));
  builder.plan.devices = std::move(policy);
  return {};
}

}  // namespace isle::runtime::plan
