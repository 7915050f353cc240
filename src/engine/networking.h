#pragma once
// A container's networks: what was asked becomes the wiring (containers/ID/network.json), which its
// monitor carries out, and the lines of /etc/hosts and /etc/resolv.conf that go with it.

#include <optional>
#include <string>
#include <vector>

#include "engine/paths.h"
#include "network/networks.h"
#include "network/resolve.h"
#include "record/container.h"
#include "record/wiring.h"
#include "runtime/plan/facts.h"

namespace isle::engine {

network::Places network_places(const Paths& paths);
// Who is gone without having given back what it held is not.
network::IsAlive holders_alive(const Paths& paths);

// Where nothing was said: ISLE_NETWORK, else "bridge" where this process may make devices, else
// none. Warns of, or refuses, ports without a bridge.
Result<void> settle_network(record::Container& container,
                            const runtime::HostFacts& facts,
                            std::vector<std::string>& warnings);

// Takes addresses and ports and writes network.json, hosts and resolv.conf. nullopt: it is in no
// network of isle's. What a container already has stays.
Result<std::optional<record::Wiring>> connect_networks(const Paths& paths,
                                                       const record::Container& container);
// Only to be shown: everything is given back.
Result<std::optional<record::Wiring>> imagine_networks(const Paths& paths,
                                                       const record::Container& container);
// What a running container has; nullopt: nothing.
Result<std::optional<record::Wiring>> wiring_of(const Paths& paths, std::string_view id);

// Who answers for names, where one of its networks has some.
Result<void> choose_name_server(const Paths& paths,
                                const record::Container& container,
                                record::Wiring& wiring);
// Its hosts and resolv.conf; they are mounted inside, so that a running container sees the change.
Result<void> write_network_files(const Paths& paths,
                                 const record::Container& container,
                                 const record::Wiring& wiring);

// Pure: the files' content.
std::string hosts_text(const record::Networking& wish,
                       const record::Wiring& wiring,
                       const std::string& hostname,
                       const std::string& name);
std::string resolv_text(const record::Networking& wish,
                        const record::Wiring& wiring,
                        const std::string& host_file);

}  // namespace isle::engine
