// A fresh v1 group has its parent's list. "a" to devices.deny or devices.allow clears the list and
// sets the default; each line after it is one exception. One write(2) is one line: the kernel
// ignores what follows the first.

#include "kernel/cgroup/devices.h"

namespace isle::kernel::cgroup {

std::vector<DeviceLine> device_lines(const DevicePolicy& policy) {
  constexpr const char* kAllow = "devices.allow";
  constexpr const char* kDeny = "devices.deny";
  std::vector<DeviceLine> lines;
  lines.push_back({policy.allow_by_default ? kAllow : kDeny, "a"});
  for (const DeviceException& exception : policy.exceptions) {
    lines.push_back({policy.allow_by_default ? kDeny : kAllow, to_string(exception)});
  }
  return lines;
}

}  // namespace isle::kernel::cgroup
