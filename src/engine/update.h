#pragma once
// Other limits and another restart policy for a container, whether it runs or not.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/paths.h"
#include "options/update.h"

namespace isle::engine {

// What `request` leaves out stays. The kernel's files first, then the record and the specification
// that the next start takes: a limit the kernel refuses is not written down. Its
// monitor reads the policy when the container ends. Returns warnings. Conflict: --restart of one
// that goes when it ends.
Result<std::vector<std::string>> update_container(const Paths& paths,
                                                  std::string_view name,
                                                  const options::UpdateRequest& request);

}  // namespace isle::engine
