#pragma once
// What may be mounted on /proc and inside it.

#include <string_view>

#include "base/error.h"

namespace isle::runtime::plan {

// `target` is clean. Denied; the error begins with `where`, "mounts[7]" or the flag.
Result<void> check_proc_target(std::string_view type,
                               std::string_view source,
                               std::string_view target,
                               std::string_view where);

}  // namespace isle::runtime::plan
