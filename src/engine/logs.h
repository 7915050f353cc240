#pragma once
// What containers have said: of one or of several, up to now or for as long as they say something.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/log_lines.h"
#include "engine/paths.h"

namespace isle::engine {

struct LogsOptions {
  bool follow = false;
  std::optional<std::int64_t> since_ns, until_ns;  // since 1970
  std::optional<std::uint64_t> tail;
};

// `index`: which of `names` said it. `pause` is called when there is nothing more for now.
struct LogsHooks {
  std::function<void(std::size_t index, const LogLine&)> line;
  std::function<void()> pause;
};

// Follows until all of them have ended, or `until_ns` has come.
Result<void> show_logs(const Paths& paths,
                       const std::vector<std::string_view>& names,
                       const LogsOptions& options,
                       const LogsHooks& hooks);

}  // namespace isle::engine
