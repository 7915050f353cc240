#pragma once
// Asking a running container now whether it is well: isle healthcheck run.

#include <string_view>

#include "engine/paths.h"

namespace isle::engine {

struct CheckedHealth {
  bool healthy = false;
  std::string output;
};
// Conflict: it does not run. InvalidArgument: nobody said how to ask.
Result<CheckedHealth> check_health(const Paths& paths, std::string_view name);

// "starting", "healthy", "unhealthy"; empty: it does not run, or is not asked.
std::string health_of(const Paths& paths, std::string_view id);

}  // namespace isle::engine
