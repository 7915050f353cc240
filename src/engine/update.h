#pragma once
// Other limits for a container, whether it runs or not.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/paths.h"
#include "record/resources.h"

namespace isle::engine {

// What `change` leaves out stays. The kernel's files first, then the record and the specification
// that the next start takes: a limit the kernel refuses is not written down. Returns warnings.
Result<std::vector<std::string>> update_container(const Paths& paths,
                                                  std::string_view name,
                                                  const record::Resources& change);

}  // namespace isle::engine
