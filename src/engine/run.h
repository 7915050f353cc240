#pragma once
// Running a container: made, handed to a monitor, attached to, and removed with --rm. Foreground
// and detached differ only in whether we stay as the monitor's client.

#include "engine/create.h"
#include "engine/session.h"
#include "options/option.h"

namespace isle::engine {

std::expected<RunEnd, RunFailure> run(const Paths& paths,
                                      options::RunRequest request,
                                      const RunHooks& hooks);

}  // namespace isle::engine
