#pragma once
// Why: which device nodes a group's processes may open or make. v1 has a list in the devices
// controller, v2 a BPF program; both are made from one policy, so that they decide alike.
// Kernel: security/device_cgroup.c's rules as admin-guide/cgroup-v1/devices.rst tells them;
// BPF_PROG_TYPE_CGROUP_DEVICE (4.15).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <linux/bpf.h>

#include "base/error.h"

namespace isle::kernel::cgroup {

// The kernel's bits, the same in v1 and BPF.
inline constexpr unsigned kDeviceMknod = 1;
inline constexpr unsigned kDeviceRead = 2;
inline constexpr unsigned kDeviceWrite = 4;
inline constexpr unsigned kDeviceAll = 7;

struct DeviceRule {
  bool allow = false;
  char type = 'a';                                      // 'a' both, 'b' block, 'c' character
  std::optional<std::uint32_t> major = {}, minor = {};  // none: all
  unsigned access = kDeviceAll;
  bool operator==(const DeviceRule&) const = default;
};

// A default, and what differs from it; in a policy that denies by default an exception allows an
// access only if it covers all of it, in the other kind it denies an access it shares a bit with.
struct DeviceException {
  char type = 'c';
  std::optional<std::uint32_t> major = {}, minor = {};
  unsigned access = kDeviceAll;
  bool operator==(const DeviceException&) const = default;
};
struct DevicePolicy {
  bool allow_by_default = false;
  std::vector<DeviceException> exceptions = {};
  bool unrestricted() const { return allow_by_default && exceptions.empty(); }
  bool operator==(const DevicePolicy&) const = default;
};

// The rules in order, the later one wins, from a start where all is denied. A rule that takes
// back a part of an earlier, wider one cannot be said to a v1 kernel, which would ignore it: it
// is refused, with its index in the list.
Result<DevicePolicy> device_policy(const std::vector<DeviceRule>& rules);

// "c 1:3 rwm", as devices.allow takes it and people read it.
std::string to_string(const DeviceException& exception);

// v1: lines for devices.deny and devices.allow, in order.
struct DeviceLine {
  const char* file;
  std::string value;
};
std::vector<DeviceLine> device_lines(const DevicePolicy& policy);
// Each line by one write(2), each file opened once.
Result<void> write_device_lines(const std::string& directory, const std::vector<DeviceLine>& lines);

// v2: the program; pure.
std::vector<bpf_insn> device_program(const DevicePolicy& policy);
// Loads and attaches it to a v2 directory fd; one that is attached already is replaced.
Result<void> attach_device_program(int directory, const std::vector<bpf_insn>& program);

}  // namespace isle::kernel::cgroup
