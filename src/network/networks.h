#pragma once
// Networks as files, ROOT/networks/NAME.json. The network "bridge", which also answers to
// "podman" and "default", is made when it is first needed.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "record/network.h"

namespace isle::network {

inline constexpr const char* kDefaultNetwork = "bridge";

struct Places {
  HostPath networks;  // ROOT/networks: what was made
  HostPath run;       // RUN/networks: who has which address and port; gone after a reboot

  HostPath leases(const std::string& network) const { return run / network; }
  HostPath ports() const { return run / ".ports"; }
};

// By name, by id or its beginning. NotFound says how to make one.
Result<record::Network> find_network(const Places& places, std::string_view name);
Result<bool> has_network(const Places& places, std::string_view name);
// By name; files that cannot be read are left out and named in `broken`.
Result<std::vector<record::Network>> list_networks(const Places& places,
                                                   std::vector<Error>* broken = nullptr);
// Completes what was not said (id, device, subnet, gateway), checks the rest, and keeps it.
// Conflict: the name is taken, or addresses overlap.
Result<record::Network> create_network(const Places& places, record::Network wish, bool v6);
// The record, its leases' directory and its bridge.
Result<void> remove_network(const Places& places, const record::Network& network);
// Changes that `network update` makes.
Result<void> replace_network(const Places& places, const record::Network& network);

// Letters, digits, "_.-", as containers' names; none of the words that mean another mode.
Result<void> check_network_name(std::string_view name);

}  // namespace isle::network
