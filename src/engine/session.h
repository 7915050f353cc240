#pragma once
// One run of a container that is made: a monitor is started for it, and we stay as its client or
// leave. `run` and `start` are this, with or without making the container first.

#include <functional>
#include <string>

#include "engine/paths.h"
#include "monitor/spawn.h"
#include "record/container.h"

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
  bool began = false;        // the command ran: what failed came later
};

struct SessionOptions {
  bool stay = false;                  // as its client, until it ends
  bool input = false;                 // pass standard input on
  bool output = true, errors = true;  // show them
  bool signals = true;
  std::string detach_keys = "ctrl-p,ctrl-q";
  unsigned preserve_fds = 0;
  monitor::Measure measure = monitor::Measure::No;
};

std::expected<RunEnd, RunFailure> run_session(const Paths& paths,
                                              const record::Container& container,
                                              const SessionOptions& options,
                                              const RunHooks& hooks);

}  // namespace isle::engine
