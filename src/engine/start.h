#pragma once
// Starting a container that exists: the same record, writable layer and configuration once more.

#include "engine/session.h"

namespace isle::engine {

struct StartOptions {
  bool attach = false;       // stay until it ends
  bool interactive = false;  // and pass standard input on
  bool signals = true;
  std::string detach_keys = "ctrl-p,ctrl-q";
};

// One that runs is no error: it is attached to when that is asked.
std::expected<RunEnd, RunFailure> start(const Paths& paths,
                                        std::string_view name,
                                        const StartOptions& options,
                                        const RunHooks& hooks);

}  // namespace isle::engine
