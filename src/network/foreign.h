#pragma once
// Why: other engines have their containers wired by isle, too: podman by netavark's protocol,
// containerd and Kubernetes by CNI. Their wirings are kept apart from those of isle's containers:
//
//   RUN/networks/.podman/ID                    each a wiring, until it is torn down
//   RUN/networks/.cni/NETWORK/ID@DEVICE
//   RUN/networks/.bridges/BRIDGE/              links of those on a bridge: the last takes it away
//
// The path below RUN/networks is the holder's name: leases say it where those of isle's containers
// have an id.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "network/leases.h"
#include "network/networks.h"
#include "record/network_wish.h"
#include "record/wiring.h"

namespace isle::network {

// What another engine asks for, addresses worked out.
struct ForeignRequest {
  std::string holder;  // ".podman/ID"
  std::vector<record::Attachment> attachments;
  std::vector<record::PortWish> ports;
  oci::Strings leases;          // taken for it already; given back when it fails
  oci::Strings upstream;        // whom isle-dns asks
  bool ports_are_held = false;  // a program of the engine listens there, as podman's do
};

// Whether a lease's text is the name of such a holder, and whether there is one.
bool is_foreign(std::string_view holder);
bool foreign_exists(const Places& places, std::string_view holder);
// nullopt: there is none.
Result<std::optional<record::Wiring>> foreign_wiring(const Places& places, std::string_view holder);
// All there are; what cannot be read is left out.
std::vector<record::Wiring> foreign_wirings(const Places& places);
// Holders in a directory (".podman", ".cni/NETWORK").
std::vector<std::string> foreign_holders(const Places& places, const std::string& directory);

// The name of the host's end of a veth pair: `mark` ("vp", "vc") and a number made of the holder's
// name and the device's.
std::string foreign_host_end(std::string_view mark,
                             std::string_view holder,
                             std::string_view device);

// Wires the network namespace of `space`. A holder that is there gets more devices. All or nothing.
Result<record::Wiring> set_up_foreign(const Places& places,
                                      const ForeignRequest& request,
                                      int space,
                                      const IsAlive& is_alive);
// The devices of `networks` (none named: all) and what belongs to them. `space` -1: the namespace
// is gone. What is gone already is no error.
Result<void> tear_down_foreign(const Places& places,
                               const std::string& holder,
                               const oci::Strings& networks,
                               int space);

// podman has changed a network's name servers.
Result<void> change_foreign_servers(const Places& places,
                                    const std::string& network,
                                    const oci::Strings& servers);

}  // namespace isle::network
