#pragma once
// The container's network, as the engine has worked it out in its directory: network.json is there
// for as long as addresses and ports are held.

#include <optional>

#include "monitor/spawn.h"
#include "record/wiring.h"

namespace isle::monitor {

// nullopt: its network is not isle's matter.
Result<std::optional<record::Wiring>> read_network(const HostPath& container);
// Gives back what is held, for good.
void release_network(const HostPath& container);

}  // namespace isle::monitor
