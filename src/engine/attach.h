#pragma once
// Joining those who watch a running container.

#include "engine/session.h"

namespace isle::engine {

struct AttachOptions {
  bool input = true;  // as far as the container has an input
  bool signals = true;
  std::string detach_keys = "ctrl-p,ctrl-q";
};

std::expected<RunEnd, RunFailure> attach(const Paths& paths,
                                         std::string_view name,
                                         const AttachOptions& options,
                                         const RunHooks& hooks);

}  // namespace isle::engine
