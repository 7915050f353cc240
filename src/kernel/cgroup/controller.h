#pragma once
// Why: a controller is named once, whatever the hierarchy it lives in calls it; sets of them say
// what to join and what to demand. Source: cgroups(7), admin-guide/cgroup-v1 and cgroup-v2.rst.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace isle::kernel::cgroup {

enum class Controller : unsigned char {
  Cpu,
  Cpuacct,  // v2: part of every group (cpu.stat)
  Cpuset,
  Memory,
  Devices,  // v2: a BPF program, no controller
  Freezer,  // v2: part of every group (cgroup.freeze)
  Io,       // v1: blkio
  Pids,
  Hugetlb,
  NetCls,
  NetPrio,
  Rdma,
  Misc,
  Dmem,
  Systemd,  // the v1 hierarchy name=systemd: no controller, only groups
};

inline constexpr std::array kControllers = {
    Controller::Cpu,
    Controller::Cpuacct,
    Controller::Cpuset,
    Controller::Memory,
    Controller::Devices,
    Controller::Freezer,
    Controller::Io,
    Controller::Pids,
    Controller::Hugetlb,
    Controller::NetCls,
    Controller::NetPrio,
    Controller::Rdma,
    Controller::Misc,
    Controller::Dmem,
    Controller::Systemd,
};

// As isle's messages and cgroup v2 name it: "io", "memory", "net_cls".
std::string_view to_string(Controller controller);
// As v1's mounts and /proc/self/cgroup name it: "blkio", "name=systemd".
std::string_view v1_name(Controller controller);
std::optional<Controller> controller_of_v1(std::string_view name);
// Only those which cgroup.controllers can list.
std::optional<Controller> controller_of_v2(std::string_view name);
// Works in each v2 group without being enabled: cpuacct, devices, freezer.
bool built_into_v2(Controller controller);

class ControllerSet {
 public:
  constexpr ControllerSet() = default;
  constexpr ControllerSet(std::initializer_list<Controller> list) {
    for (const Controller controller : list) add(controller);
  }
  constexpr void add(Controller controller) { bits_ |= bit(controller); }
  constexpr void remove(Controller controller) { bits_ &= ~bit(controller); }
  constexpr bool has(Controller controller) const { return (bits_ & bit(controller)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr ControllerSet operator|(ControllerSet other) const { return from(bits_ | other.bits_); }
  constexpr ControllerSet operator&(ControllerSet other) const { return from(bits_ & other.bits_); }
  constexpr ControllerSet operator-(ControllerSet other) const {
    return from(bits_ & ~other.bits_);
  }
  constexpr bool operator==(const ControllerSet&) const = default;
  // "cpu memory pids".
  std::string words() const;

 private:
  static constexpr std::uint32_t bit(Controller controller) {
    return std::uint32_t{1} << static_cast<unsigned>(controller);
  }
  static constexpr ControllerSet from(std::uint32_t bits) {
    ControllerSet set;
    set.bits_ = bits;
    return set;
  }
  std::uint32_t bits_ = 0;
};

}  // namespace isle::kernel::cgroup
