#include "kernel/cgroup/devices.h"

#include "base/strings.h"

namespace isle::kernel::cgroup {

namespace {

using Number = std::optional<std::uint32_t>;

bool overlap(const Number& a, const Number& b) { return !a || !b || *a == *b; }
bool covers(const Number& wide, const Number& narrow) { return !wide || wide == narrow; }

bool overlap(const DeviceException& a, const DeviceException& b) {
  return a.type == b.type && overlap(a.major, b.major) && overlap(a.minor, b.minor);
}
bool covers(const DeviceException& wide, const DeviceException& narrow) {
  return wide.type == narrow.type && covers(wide.major, narrow.major) &&
         covers(wide.minor, narrow.minor);
}

void add(DevicePolicy& policy, const DeviceException& exception) {
  for (DeviceException& known : policy.exceptions) {
    if (known.type == exception.type && known.major == exception.major &&
        known.minor == exception.minor) {
      known.access |= exception.access;
      return;
    }
  }
  policy.exceptions.push_back(exception);
}

// Takes what `rule` covers out of the exceptions.
Result<void> take_back(DevicePolicy& policy, const DeviceException& rule, std::size_t index) {
  for (DeviceException& known : policy.exceptions) {
    if (!overlap(known, rule) || (known.access & rule.access) == 0) continue;
    if (!covers(rule, known)) {
      return fail(ErrorKind::Unsupported,
                  format("device rule {} takes back a part ({}) of what an earlier rule says of {}",
                         index,
                         to_string(rule),
                         to_string(known)),
                  "list the devices that are meant one by one");
    }
    known.access &= ~rule.access;
  }
  std::erase_if(policy.exceptions, [](const DeviceException& each) { return each.access == 0; });
  return {};
}

bool says_all(const DeviceRule& rule) {
  return rule.type == 'a' && !rule.major && !rule.minor && rule.access == kDeviceAll;
}

}  // namespace

Result<DevicePolicy> device_policy(const std::vector<DeviceRule>& rules) {
  DevicePolicy policy;
  for (std::size_t index = 0; index < rules.size(); ++index) {
    const DeviceRule& rule = rules[index];
    if (says_all(rule)) {
      policy = {.allow_by_default = rule.allow, .exceptions = {}};
      continue;
    }
    for (const char type : {'b', 'c'}) {
      if (rule.type != 'a' && rule.type != type) continue;
      const DeviceException exception{
          .type = type, .major = rule.major, .minor = rule.minor, .access = rule.access};
      if (rule.allow != policy.allow_by_default) {
        add(policy, exception);
      } else {
        TRY(take_back(policy, exception, index));
      }
    }
  }
  return policy;
}

std::string to_string(const DeviceException& exception) {
  const auto number = [](const Number& value) { return value ? std::to_string(*value) : "*"; };
  std::string text =
      format("{} {}:{} ", exception.type, number(exception.major), number(exception.minor));
  if ((exception.access & kDeviceRead) != 0) text += 'r';
  if ((exception.access & kDeviceWrite) != 0) text += 'w';
  if ((exception.access & kDeviceMknod) != 0) text += 'm';
  return text;
}

}  // namespace isle::kernel::cgroup
