#pragma once
// What the plan has to know of this host and of ourselves. Gathered once by gather_facts
// (runtime/launch/gather_facts.h), written by hand in tests.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include "kernel/capability.h"
#include "kernel/cgroup/layout.h"
#include "kernel/rlimit.h"

namespace isle::runtime {

// The systemd that makes control groups when that is asked for.
struct Systemd {
  bool user = false;  // the user's own manager, not the system's
  std::string group;  // below which its units have theirs; "" is the root
};

struct HostFacts {
  uid_t euid = 0;
  gid_t egid = 0;
  kernel::CapabilitySet effective;                         // ours
  int last_capability = 40;                                // the kernel's
  std::array<kernel::RlimitValue, RLIM_NLIMITS> limits{};  // ours
  std::uint64_t most_open_files = RLIM_INFINITY;           // fs.nr_open: no limit lies above
  bool in_user_namespace = false;                          // not the host's first one
  kernel::cgroup::Layout cgroups;  // delegated: only what was handed to this user
  bool may_make_cgroups = true;    // root, or a delegated group
  bool delegated_cgroups = false;  // groups can be made below Hierarchy::base only
  std::optional<Systemd> systemd;  // asked for: groups are systemd's to make
  bool apparmor = false;           // in force
  bool selinux = false;
  std::string resctrl;               // where resctrl is mounted; "": nowhere
  bool rootfs_is_initramfs = false;  // pivot_root is impossible

  // May mount, join and configure on the host itself.
  bool privileged() const { return effective.contains(21); }  // CAP_SYS_ADMIN
  // CAP_SYS_RESOURCE, over the host.
  bool may_raise_limits() const { return effective.contains(24) && !in_user_namespace; }
  // Root of the host. Root of a user namespace has all capabilities, over what belongs to it.
  bool host_root() const { return euid == 0 && privileged() && !in_user_namespace; }
};

}  // namespace isle::runtime
