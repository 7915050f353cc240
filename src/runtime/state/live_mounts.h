#pragma once
// Mounts of a container that runs: added and taken off, and remembered in its specification.

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

// In order; when one fails, those before it are taken off again.
Result<void> add_mounts(const HostPath& root,
                        std::string_view id,
                        const std::vector<oci::Mount>& mounts);
// What is mounted at each destination, the last first; users of it keep it until they let go.
Result<void> remove_mounts(const HostPath& root,
                           std::string_view id,
                           const std::vector<oci::Mount>& mounts);

}  // namespace isle::runtime
