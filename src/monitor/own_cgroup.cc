#include "monitor/own_cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include "kernel/cgroup/delegation.h"
#include "kernel/fd.h"

namespace isle::monitor {

namespace {

using kernel::cgroup::Controller;

constexpr const char* kGroup = "/isle-monitor";
// Others may remove the directory between mkdir and the join, when the last of them leaves.
constexpr int kTries = 5;

// Those by which sessions and services are limited, frozen and killed. The rest (cpusets, devices,
// network classes) is policy for whatever the caller starts.
bool matters(const kernel::cgroup::Hierarchy& hierarchy) {
  using kernel::cgroup::ControllerSet;
  constexpr ControllerSet kLeft = {Controller::Memory,
                                   Controller::Pids,
                                   Controller::Cpu,
                                   Controller::Cpuacct,
                                   Controller::Freezer,
                                   Controller::Systemd};
  if (hierarchy.version == kernel::cgroup::Version::V2) return true;
  return !(hierarchy.controllers & kLeft).empty();
}

// 0 is the writer itself, cgroups(7).
bool enter(const std::string& directory) {
  return kernel::write_existing(HostPath(directory) / "cgroup.procs", "0").has_value();
}

// Where we may make groups.
kernel::cgroup::Layout own_layout() {
  Result<kernel::cgroup::Layout> layout = kernel::cgroup::detect_layout();
  if (!layout) return {};
  if (geteuid() == 0) return std::move(*layout);
  return kernel::cgroup::delegated_layout(*layout, geteuid());
}

std::string group_of_monitors(const kernel::cgroup::Hierarchy& hierarchy) {
  return hierarchy.directory(hierarchy.base == "/" ? kGroup : hierarchy.base + kGroup);
}

}  // namespace

void OwnCgroup::join() {
  const kernel::cgroup::Layout layout = own_layout();
  for (const kernel::cgroup::Hierarchy& hierarchy : layout.hierarchies) {
    const std::string own = hierarchy.own_group().value_or("/");
    if (hierarchy.read_only || own == hierarchy.base || !matters(hierarchy)) continue;
    const std::string directory = group_of_monitors(hierarchy);
    for (int i = 0; i < kTries; ++i) {
      mkdir(directory.c_str(), 0755);
      if (!enter(directory)) continue;
      joined_.push_back({.directory = directory, .before = hierarchy.directory(own)});
      break;
    }
  }
}

OwnCgroup::~OwnCgroup() {
  for (const auto& [directory, before] : joined_) {
    // A delegated group that hands controllers down holds no processes.
    if (enter(directory.substr(0, directory.rfind('/'))) || enter(before)) rmdir(directory.c_str());
  }
}

void remove_left_cgroups() {
  const kernel::cgroup::Layout layout = own_layout();
  for (const kernel::cgroup::Hierarchy& hierarchy : layout.hierarchies) {
    if (!hierarchy.read_only) rmdir(group_of_monitors(hierarchy).c_str());  // EBUSY: in use
  }
}

}  // namespace isle::monitor
