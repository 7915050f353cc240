#pragma once
// Why: what a container's limits mean in files. Pure: the specification's resources and a snapshot
// of where the controllers are go in, the writes in their order come out, so that every
// conversion between v1 and v2 can be read in a table (cgroup_test.cc) and shown before it runs.
// Sources: runtime-spec config-linux.md "Control groups"; cgroup-v2.rst; cgroup-v1/*.rst.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/cgroup/devices.h"
#include "kernel/cgroup/group.h"
#include "kernel/cgroup/layout.h"
#include "oci/runtime_spec.h"

namespace isle::runtime::plan {

using CgroupWrite = kernel::cgroup::Write;

// What an update must know of the group as it is; a container that is being made has none of it.
struct CgroupNow {
  std::optional<std::int64_t> memory_usage = {};
  std::optional<std::int64_t> memory_limit = {};       // none: unlimited
  std::optional<std::int64_t> memory_swap_limit = {};  // v1: memory and swap together
  std::optional<std::int64_t> cpu_quota = {};          // none: unlimited
};

struct CgroupOptions {
  // False where the kernel lets us restrict no devices: an ordinary user's container, which can
  // make no device nodes either.
  bool restrict_devices = true;
  // The layout holds what was delegated to an ordinary user, and no more.
  bool delegated = false;
  // The process asks for a real-time class, whose time on v1 each group has to be given apart.
  bool real_time = false;
  std::optional<CgroupNow> now = {};  // set: this is an update
};

struct CgroupPlan {
  std::string path;                                                      // checked, "/isle/ab"
  kernel::cgroup::Group::From from = kernel::cgroup::Group::From::Root;  // where `path` begins
  kernel::cgroup::ControllerSet join;                                    // of those this host has
  kernel::cgroup::ControllerSet required;  // the part of `join` that the spec asked for
  std::vector<CgroupWrite> writes;         // in order, before any process joins
  std::optional<kernel::cgroup::DevicePolicy> devices;  // none: leave as the parent's
  std::vector<std::string> warnings;
};

// `path` is the specification's cgroupsPath: absolute, from the root of what is mounted (the root
// of our cgroup namespace), or relative, from where this user's groups are made (root's: the same).
// Errors: what cannot be meant (InvalidArgument), and what is asked for and absent here
// (Unsupported), each with its place in config.json.
Result<CgroupPlan> plan_cgroup(const oci::Resources& resources,
                               std::string_view path,
                               const kernel::cgroup::Layout& layout,
                               const CgroupOptions& options = {});

// cpu.shares (2..262144, 1024 is usual) to cpu.weight (1..10000, 100 is usual): the two usual
// values and both ends meet.
std::uint64_t weight_of_shares(std::uint64_t shares);
// blkio weight (10..1000) to io.weight (1..10000), linear.
std::uint64_t io_weight_of_blkio(std::uint64_t weight);

}  // namespace isle::runtime::plan
