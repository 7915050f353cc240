#pragma once
// The document `islet spec` prints: a shell on a read-only "rootfs" beside it, with new
// namespaces and few capabilities, to be edited by hand. Also the lists of paths that no
// container may see or write, which isle's own containers start from too.

#include <cstdint>

#include "oci/runtime_spec.h"

namespace isle::oci {

Spec default_spec();
// For an ordinary user: one id mapped (his own, as root inside), the network namespace of the
// caller, and /sys bound from the host, since a user namespace that does not own the network
// namespace may not mount sysfs.
Spec rootless_spec(std::uint32_t uid, std::uint32_t gid);

// Paths that leak facts of the host or let it be disturbed. `cpus` is how many CPUs' thermal
// counters to name.
Strings default_masked_paths(unsigned cpus = 0);
Strings default_readonly_paths();
std::vector<Mount> default_mounts();

}  // namespace isle::oci
