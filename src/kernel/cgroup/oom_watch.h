#pragma once
// Why: to be told when the kernel is short of memory in a group, without asking again and again.
// v1: an eventfd registered by cgroup.event_control for memory.oom_control (cgroup-v1/memory.rst,
// "OOM Control"). v2: inotify on memory.events, whose oom_kill counts (cgroup-v2.rst).

#include <cstdint>
#include <string>

#include "base/error.h"
#include "kernel/cgroup/group.h"
#include "kernel/fd.h"

namespace isle::kernel::cgroup {

class OomWatch {
 public:
  // Unsupported: the group has no part in the memory controller.
  static Result<OomWatch> create(const Group& group);

  // To poll for reading.
  int fd() const { return fd_.get(); }
  // Whether it has happened since the last call; never waits. False when the group is gone.
  bool happened();

 private:
  OomWatch() = default;
  Result<void> register_v1();
  Result<void> register_v2();

  std::string directory_;
  bool v2_ = false;
  std::uint64_t kills_ = 0;
  UniqueFd fd_;
};

}  // namespace isle::kernel::cgroup
