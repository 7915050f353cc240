#pragma once
// What was asked of a container's networks, as plain data.

#include <cstdint>
#include <string>
#include <vector>

#include "oci/runtime_spec.h"

namespace isle::record {

struct NetworkWish {
  std::string network;  // its name
  std::string ip, ip6, mac, device;
  oci::Strings aliases;
  std::uint64_t ingress = 0, egress = 0;  // most bits a second, as the container sees it; 0: any
};

// -p: a range of ports of the host leads to one of the container.
struct PortWish {
  std::string host_ip;          // empty: any address
  std::uint16_t host_port = 0;  // 0: a free one
  std::uint16_t container_port = 0;
  std::uint16_t count = 1;
  std::string protocol = "tcp";
};

struct Networking {
  std::vector<NetworkWish> networks;
  std::vector<PortWish> ports;
  bool publish_all = false;  // -P
  oci::Strings exposed;      // "80/tcp"
  oci::Strings dns, dns_search, dns_options;
  oci::Strings hosts;  // --add-host, "NAME:ADDRESS"
  bool no_hosts = false;
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<NetworkWish> wish) {
  io.required("network", wish.network);
  io.optional("ip", wish.ip);
  io.optional("ip6", wish.ip6);
  io.optional("mac", wish.mac);
  io.optional("device", wish.device);
  io.optional("aliases", wish.aliases);
  io.optional("ingress", wish.ingress);
  io.optional("egress", wish.egress);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<PortWish> port) {
  io.optional("hostIp", port.host_ip);
  io.optional("hostPort", port.host_port);
  io.required("containerPort", port.container_port);
  io.required("count", port.count);
  io.required("protocol", port.protocol);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Networking> networking) {
  io.optional("networks", networking.networks);
  io.optional("ports", networking.ports);
  io.optional("publishAll", networking.publish_all);
  io.optional("exposed", networking.exposed);
  io.optional("dns", networking.dns);
  io.optional("dnsSearch", networking.dns_search);
  io.optional("dnsOptions", networking.dns_options);
  io.optional("hosts", networking.hosts);
  io.optional("noHosts", networking.no_hosts);
}

}  // namespace isle::record
