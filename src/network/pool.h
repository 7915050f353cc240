#pragma once
// Which address of a subnet a container gets: the one behind the last that was given, so that an
// address rests before it is somebody else's. Where it stands is a hint in a file; that no two have
// one address is the lease's matter (leases.h).

#include <optional>

#include "base/error.h"
#include "base/ip_address.h"
#include "network/complete.h"
#include "network/leases.h"

namespace isle::network {

// Unavailable: the pool is used up. Conflict, with the holder: the wanted one is somebody's.
Result<IpAddress> take_address(const HostPath& directory,
                               const Pool& pool,
                               std::string_view container,
                               const std::optional<IpAddress>& wanted,
                               const IsAlive& is_alive);

}  // namespace isle::network
