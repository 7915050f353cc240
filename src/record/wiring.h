#pragma once
// How a container's network is made, worked out to the last address: containers/ID/network.json.
// isle resolves the wish into it, isle-monitor carries it out between clone and exec, each time it
// starts the container. Nothing in it has to be looked up any more.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "oci/runtime_spec.h"
#include "record/network.h"

namespace isle::record {

// One device inside, and what it hangs on.
struct Attachment {
  std::string network;      // its name
  std::string driver;       // bridge, macvlan, ipvlan
  std::string host_device;  // the bridge, or the others' parent
  std::string mode, flag;   // of a macvlan or ipvlan
  std::string host_end;     // the veth's end on the bridge
  std::string device;       // "eth0"
  std::string mac;
  oci::Strings addresses;  // "10.87.0.2/24"
  oci::Strings gateways;   // of the default routes; "0.0.0.0" and "::": the device alone
  std::vector<NetworkRoute> routes;
  std::uint32_t mtu = 0;
  oci::Strings bridge_addresses;  // "10.87.0.1/24": with them it is made when it is not there
  bool internal = false, open = false, masquerade = true;
  bool obeys_filter = false;  // --opt host_filter=obey
  oci::Strings names;         // by which others of this network find it
  bool serves_names = false;
  std::uint64_t ingress = 0, egress = 0;              // most bits a second; 0: any
  std::uint64_t ingress_burst = 0, egress_burst = 0;  // bytes that are not held back; 0: isle's
  std::string limiter;  // the device of kind ifb that holds egress back
};

struct PublishedPort {
  std::string protocol;  // tcp, udp, sctp
  std::string host_ip;   // "0.0.0.0" and "::": any
  std::uint16_t host_port = 0;
  std::string container_ip;
  std::uint16_t container_port = 0;
};

struct Wiring {
  std::string container;  // its id
  std::vector<Attachment> attachments;
  std::vector<PublishedPort> ports;
  oci::Strings leases;      // links of ours, which hold addresses and ports
  std::string name_server;  // socket of isle-dns; empty: not needed
  oci::Strings upstream;    // whom it asks for other names; empty: the host's
};

Result<Wiring> read_wiring(std::string_view text);
std::string write_wiring(const Wiring& wiring);

}  // namespace isle::record
