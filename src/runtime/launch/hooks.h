#pragma once
// Hooks: programs of the host that take part in a container's life. The container's state document
// is their standard input (runtime-spec config.md, "POSIX-platform Hooks").

#include <string>
#include <vector>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::runtime::launch {

// In order; the first that fails or hangs ends it. The error names kind, index and path.
Result<void> run_hooks(std::string_view kind,
                       const std::vector<oci::Hook>& hooks,
                       const std::string& state_json);

}  // namespace isle::runtime::launch
