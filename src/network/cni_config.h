#pragma once
// A CNI network's configuration, as a plugin finds it on its standard input. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "network/foreign.h"
#include "record/network_wish.h"
#include "record/wiring.h"

namespace isle::network::cni {

struct Attached {  // a container's device, as GC names them
  std::string container, device;
};

// Bits a second, and bits; 0: any, and isle's.
struct Bandwidth {
  std::uint64_t ingress = 0, ingress_burst = 0, egress = 0, egress_burst = 0;
};

struct Config {
  std::string version, name, type;
  std::string bridge;
  std::uint32_t mtu = 0;
  bool internal = false, isolated = true, masquerade = true;
  std::vector<record::Subnet> subnets;
  std::vector<record::NetworkRoute> routes;
  json::Value dns;
  // Of this container.
  std::vector<record::PortWish> ports;
  oci::Strings ips;
  std::string mac;
  Bandwidth bandwidth;
  std::vector<Attached> valid;
};

// Checked and completed: subnets have gateways, the bridge a name.
Result<Config> read_config(std::string_view text);
// The version alone, for answers when the rest is wrong; the newest when there is none.
std::string version_of(std::string_view text);
bool speaks(std::string_view version);
json::Value versions_json();

}  // namespace isle::network::cni
