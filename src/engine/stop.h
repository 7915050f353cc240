#pragma once
// Ending containers: asked first, made to after a while.

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/paths.h"

namespace isle::engine {

struct StopOptions {
  std::optional<std::int64_t> timeout;  // seconds; -1: wait for ever; absent: the container's own
  int signal = 0;                       // 0: the container's own
};

struct StopEnd {
  bool was_running = false;
  bool killed = false;  // the signal did nothing in time
  std::int64_t waited = 0;
  int signal = 0;
};
Result<StopEnd> stop(const Paths& paths, std::string_view name, const StopOptions& options);

}  // namespace isle::engine
