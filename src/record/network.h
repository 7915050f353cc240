#pragma once
// A network as it was made: ROOT/networks/NAME.json. Addresses are texts, as people wrote them,
// checked when it was made.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "oci/runtime_spec.h"

namespace isle::record {

struct Subnet {
  std::string subnet;       // "10.87.0.0/24"
  std::string gateway;      // the bridge's address
  std::string first, last;  // what containers get; empty: all of the subnet
};

struct NetworkRoute {
  std::string destination, gateway;
  std::uint32_t metric = 0;
};

struct Network {
  std::string name;
  std::string id;  // 64 hexadecimal digits
  std::int64_t created = 0;
  std::string driver = "bridge";  // or macvlan, ipvlan
  std::string device;             // the bridge, or the others' parent
  std::string mode;               // of a macvlan or ipvlan
  std::string flag;               // of an ipvlan
  std::vector<Subnet> subnets;
  std::vector<NetworkRoute> routes;
  oci::Strings dns_servers;
  std::uint32_t mtu = 0;      // 0: the kernel's
  bool internal = false;      // nothing outside is reached
  bool open = false;          // not kept apart from other networks
  bool obeys_filter = false;  // the host's, also where that has no rule but drops
  bool no_names = false;      // --disable-dns
  bool no_masquerade = false;
  bool no_default_route = false;
  oci::StringMap options, labels;  // as they were given
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<NetworkRoute> route) {
  io.required("destination", route.destination);
  io.required("gateway", route.gateway);
  io.optional("metric", route.metric);
}

Result<Network> read_network(std::string_view text);
json::Value network_json(const Network& network);

}  // namespace isle::record
