#pragma once
// Containers that ended without anybody to write it down: their monitor was killed, or the machine
// went down. Whoever meets one does what the monitor would have done.

#include "engine/paths.h"
#include "record/container.h"
#include "runtime/state/container.h"

namespace isle::engine {

// What the runtime still knows of a container that is over, removed with its control groups.
Result<void> remove_abandoned(const Paths& paths, const std::string& id);

// True: its monitor had been killed, and it with it. That stands in its exits now, the runtime's
// state is gone; with --rm the whole container is.
bool bury_abandoned(const Paths& paths,
                    const record::Container& container,
                    const runtime::ContainerState& state);

// The same for one that the runtime knows nothing of, though it ran: after a reboot.
bool bury_interrupted(const Paths& paths, const record::Container& container);

}  // namespace isle::engine
