#pragma once
// After the machine has started: what should run is started, what a --rm container left goes.

#include <functional>
#include <string>
#include <vector>

#include "engine/session.h"

namespace isle::engine {

struct Booted {
  std::vector<std::string> started;  // names
  std::vector<std::string> removed;
  std::vector<Error> failed;
};
// Started is, that does not run: with the policy always; unless-stopped, unless somebody has
// stopped it; on-failure, if it was running when the machine went down, or ended with a failure.
Result<Booted> boot(const Paths& paths, const RunHooks& hooks);

}  // namespace isle::engine
