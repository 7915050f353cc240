#pragma once
// What isolates a running container, read from the host's /proc: the truth, not what was asked.

#include "base/json.h"
#include "engine/containers.h"

namespace isle::engine {

// Conflict when it does not run.
Result<json::Value> isolation_of(const Listed& listed);

}  // namespace isle::engine
