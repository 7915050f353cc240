#pragma once
// Why: who has what is a symbolic link: its name is the thing (an address, a port), its text the
// container's id. Making one succeeds for exactly one of many, without a lock, and a crash leaves
// either the link or nothing. They live below RUN, so that after a reboot everything is free.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::network {

// mkdir of the whole path with 0700; what is there stays as it is.
Result<void> make_lease_directories(const HostPath& path);
// False: it is somebody's. The directory is made when it is not there.
Result<bool> take_lease(const HostPath& path, std::string_view container);
std::optional<std::string> lease_holder(const HostPath& path);
// Only the holder's own.
void drop_lease(const HostPath& path, std::string_view container);
// A holder in words for people: the first 12 bytes of its id.
std::string holder_words(std::string_view holder);
// Names in a directory; one that is not there has none.
std::vector<std::string> leases_in(const HostPath& directory);

// Whether a container still has a right to what it holds.
using IsAlive = std::function<bool(const std::string& container)>;
// Takes it from a holder that is gone.
Result<bool> take_lease_of_dead(const HostPath& path,
                                std::string_view container,
                                const IsAlive& is_alive);
// Gives back those in the directory whose holders are gone: they died before they could.
void drop_dead_leases(const HostPath& directory, const IsAlive& is_alive);

}  // namespace isle::network
