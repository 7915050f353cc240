#include "monitor/own_cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include "kernel/cgroup/layout.h"
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

}  // namespace

void OwnCgroup::join() {
  const Result<kernel::cgroup::Layout> layout = kernel::cgroup::detect_layout();
  if (!layout) return;
  for (const kernel::cgroup::Hierarchy& hierarchy : layout->hierarchies) {
    if (hierarchy.read_only || hierarchy.own_path == "/" || !matters(hierarchy)) continue;
    const std::string directory = hierarchy.directory(kGroup);
    for (int i = 0; i < kTries; ++i) {
      mkdir(directory.c_str(), 0755);
      if (!enter(directory)) continue;
      joined_.push_back(directory);
      break;
    }
  }
}

OwnCgroup::~OwnCgroup() {
  for (const std::string& directory : joined_) {
    if (enter(directory.substr(0, directory.rfind('/')))) rmdir(directory.c_str());
  }
}

void remove_left_cgroups() {
  const Result<kernel::cgroup::Layout> layout = kernel::cgroup::detect_layout();
  if (!layout) return;
  for (const kernel::cgroup::Hierarchy& hierarchy : layout->hierarchies) {
    if (!hierarchy.read_only) rmdir(hierarchy.directory(kGroup).c_str());  // EBUSY: in use
  }
}

}  // namespace isle::monitor
