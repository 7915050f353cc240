#include "kernel/cgroup/controller.h"

namespace isle::kernel::cgroup {

namespace {
struct Row {
  Controller controller;
  std::string_view name;
  std::string_view v1;  // empty: v1 has no such hierarchy
  bool v2;              // cgroup.controllers may list it
  bool in_every_v2;
};
constexpr Row kRows[] = {
    {Controller::Cpu, "cpu", "cpu", true, false},
    {Controller::Cpuacct, "cpuacct", "cpuacct", false, true},
    {Controller::Cpuset, "cpuset", "cpuset", true, false},
    {Controller::Memory, "memory", "memory", true, false},
    {Controller::Devices, "devices", "devices", false, true},
    {Controller::Freezer, "freezer", "freezer", false, true},
    {Controller::Io, "io", "blkio", true, false},
    {Controller::Pids, "pids", "pids", true, false},
    {Controller::Hugetlb, "hugetlb", "hugetlb", true, false},
    {Controller::NetCls, "net_cls", "net_cls", false, false},
    {Controller::NetPrio, "net_prio", "net_prio", false, false},
    {Controller::Rdma, "rdma", "rdma", true, false},
    {Controller::Misc, "misc", "misc", true, false},
    {Controller::Dmem, "dmem", "", true, false},
    {Controller::Systemd, "systemd", "name=systemd", false, false},
};

const Row& row(Controller controller) { return kRows[static_cast<unsigned>(controller)]; }
}  // namespace

std::string_view to_string(Controller controller) { return row(controller).name; }
std::string_view v1_name(Controller controller) { return row(controller).v1; }
bool built_into_v2(Controller controller) { return row(controller).in_every_v2; }

std::optional<Controller> controller_of_v1(std::string_view name) {
  for (const Row& each : kRows) {
    if (!name.empty() && each.v1 == name) return each.controller;
  }
  return std::nullopt;
}

std::optional<Controller> controller_of_v2(std::string_view name) {
  for (const Row& each : kRows) {
    if (each.v2 && each.name == name) return each.controller;
  }
  return std::nullopt;
}

std::string ControllerSet::words() const {
  std::string text;
  for (const Controller controller : kControllers) {
    if (!has(controller)) continue;
    if (!text.empty()) text += ' ';
    text += to_string(controller);
  }
  return text;
}

}  // namespace isle::kernel::cgroup
