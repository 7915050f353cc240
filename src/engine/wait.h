#pragma once
// Waiting for what becomes of a container.

#include <cstdint>
#include <string_view>

#include "engine/paths.h"

namespace isle::engine {

enum class WaitFor : std::uint8_t {
  NotRunning,
  NextExit,
  Removed,
  Running,
  Paused,
  Created,
  Healthy,
  Unhealthy
};
// docker's words (not-running, next-exit, removed) and podman's (stopped, exited, running ...).
Result<WaitFor> parse_wait_condition(std::string_view text);

// The exit status it ended with last.
Result<int> wait_for_container(const Paths& paths, std::string_view name, WaitFor condition);

}  // namespace isle::engine
