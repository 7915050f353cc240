#pragma once
// Running a container: made, handed to a monitor, attached to, and removed with --rm. Foreground
// and detached differ only in whether we stay as the monitor's client.

#include <functional>
#include <string>

#include "engine/create.h"
#include "options/option.h"

namespace isle::engine {

struct RunHooks {
  std::function<void(const std::string&)> warn;     // a line for the user
  std::function<void(const std::string&)> explain;  // the plan before, its times after
};

struct RunEnd {
  std::string id;
  int status = 0;  // of the command, in the foreground
  bool detached = false;
};
struct RunFailure {
  Error error;
  int status = kExitEngine;  // 125, 126, 127
};

std::expected<RunEnd, RunFailure> run(const Paths& paths,
                                      options::RunRequest request,
                                      const RunHooks& hooks);

}  // namespace isle::engine
