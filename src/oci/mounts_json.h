#pragma once
// A list of mounts alone, as `islet mounts` takes it: config.json's "mounts".

#include <string_view>
#include <vector>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::oci {

// Errors name the place: "[1].destination: is missing".
Result<std::vector<Mount>> read_mounts(std::string_view text);

}  // namespace isle::oci
