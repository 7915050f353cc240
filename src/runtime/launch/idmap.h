#pragma once
// Id maps of user namespaces (user_namespaces(7)), written by the parent.

#include <vector>

#include "kernel/fd.h"
#include "oci/runtime_spec.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime::launch {

// "0 100000 65536\n" for each range.
std::string map_text(const std::vector<oci::IdMapping>& map);

// Writes /proc/PID/uid_map or gid_map; through newuidmap or newgidmap where the step says so.
// `proc` is the host's /proc.
Result<void> write_id_map(int proc, Pid pid, const op::WriteIdMap& step);

// A user namespace that exists only for its maps, as mount_setattr(MOUNT_ATTR_IDMAP) wants it.
Result<kernel::UniqueFd> make_mapping_namespace(const std::vector<oci::IdMapping>& uid_map,
                                                const std::vector<oci::IdMapping>& gid_map);

}  // namespace isle::runtime::launch
