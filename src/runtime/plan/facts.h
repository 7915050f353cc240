#pragma once
// What the plan has to know of this host and of ourselves. Gathered once by gather_facts
// (runtime/launch/gather_facts.h), written by hand in tests.

#include <array>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "kernel/capability.h"
#include "kernel/cgroup/layout.h"
#include "kernel/rlimit.h"

namespace isle::runtime {

struct HostFacts {
  uid_t euid = 0;
  gid_t egid = 0;
  kernel::CapabilitySet effective;                         // ours
  int last_capability = 40;                                // the kernel's
  std::array<kernel::RlimitValue, RLIM_NLIMITS> limits{};  // ours
  kernel::cgroup::Layout cgroups;
  bool may_make_cgroups = true;  // root, or a delegated v2 group
  bool apparmor = false;         // in force
  bool selinux = false;
  bool rootfs_is_initramfs = false;  // pivot_root is impossible

  // May mount, join and configure on the host itself.
  bool privileged() const { return effective.contains(21); }        // CAP_SYS_ADMIN
  bool may_raise_limits() const { return effective.contains(24); }  // CAP_SYS_RESOURCE
};

}  // namespace isle::runtime
