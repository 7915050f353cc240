#pragma once
// The descriptors that a plan's slots stand for, opened by the parent before the clone and owned
// until the launch is over.

#include <map>
#include <vector>

#include "kernel/cgroup/group.h"
#include "kernel/fd.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime::launch {

struct Slots {
  kernel::UniqueFd proc;  // the host's /proc
  std::vector<kernel::UniqueFd> namespaces;
  std::map<unsigned, kernel::UniqueFd> trees;
  kernel::UniqueFd start_listener;
  kernel::UniqueFd exec_root;
  kernel::UniqueFd pidfd;  // of the running container's init
  int cgroup = -1;         // borrowed from the group
  std::vector<kernel::cgroup::Group::Door> doors;

  // -1 when the slot is not filled.
  int number(const Slot& slot) const;
};

// /proc, checked to be procfs; the namespaces to join, each checked to be of its kind.
Result<void> open_slots(Slots& slots, const LaunchPlan& plan);

// The detached copy of a tree, idmapped if the step says so.
Result<kernel::UniqueFd> open_source_tree(const op::OpenTree& step);
// A root file system made on the host's side.
Result<kernel::UniqueFd> make_overlay(const op::MakeOverlay& step);
// A root file system that a program serves. It ends by itself when the mount is gone everywhere.
Result<kernel::UniqueFd> serve_root(const op::ServeRoot& step);
// A mount of one device node that works in a user namespace.
Result<kernel::UniqueFd> open_node(const op::OpenNode& step);

}  // namespace isle::runtime::launch
