#pragma once
// The verb "update": other limits for a container that is there. Device rules are never touched.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

// Schemata of linux.intelRdt, as in a specification; "": as it is.
struct CacheShares {
  std::string l3_cache_schema, mem_bw_schema;
};

// Writes what `change` sets; what it leaves out stays. Controllers the container has no group in
// yet are joined. If a write fails, those before it are taken back. Returns warnings.
Result<std::vector<std::string>> update_container(const HostPath& root,
                                                  std::string_view id,
                                                  const oci::Resources& change,
                                                  const CacheShares& shares = {});

// `now` with what `change` sets. Zero means "not set" where plan_cgroup takes it so; disks,
// interfaces, page sizes and RDMA devices are matched by their names. Devices stay. Pure.
void merge_resources(oci::Resources& now, const oci::Resources& change);

}  // namespace isle::runtime
