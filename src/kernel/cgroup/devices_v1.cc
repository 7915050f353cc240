// A fresh v1 group has its parent's list. "a" to devices.deny or devices.allow clears the list and
// sets the default; each line after it is one exception. One write(2) is one line: the kernel
// ignores what follows the first.

#include "kernel/cgroup/devices.h"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/hints.h"
#include "kernel/fd.h"

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

Result<void> write_device_lines(const std::string& directory,
                                const std::vector<DeviceLine>& lines) {
  std::string_view open;
  UniqueFd fd;
  for (const DeviceLine& line : lines) {
    if (open != line.file) {
      fd = TRY(open_file(HostPath(directory) / line.file, O_WRONLY));
      open = line.file;
    }
    if (write(fd.get(), line.value.data(), line.value.size()) < 0) {
      const int failure = errno;
      return fail_call(
          failure,
          format("write({}/{}, {})", directory, line.file, quoted(line.value)),
          format("cannot set {} of the devices control group to {}", line.file, quoted(line.value)),
          write_hint(line.file, failure));
    }
  }
  return {};
}

}  // namespace isle::kernel::cgroup
