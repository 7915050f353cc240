#pragma once
// Why: bridges, veth pairs and macvlans are made by one message each, RTM_NEWLINK with the kind's
// own attributes (rtnetlink(7)); a veth's other end is born in the network namespace it is for, so
// nothing is moved afterwards. Requests are values, which NetlinkSocket::send_all sends together.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/ip_address.h"
#include "kernel/netlink.h"

namespace isle::kernel {

// "02:42:0a:57:00:02" as 6 bytes.
Result<std::string> parse_mac(std::string_view text);
std::string mac_text(std::string_view bytes);

// `mac` is 6 bytes and stays, whatever ports come; empty: the lowest of the ports', which the
// kernel looks for with each. Multicast goes to all ports, as it does without a querier, of which
// the kernel's snooping would start the timers of all ports anew with each that comes.
NetlinkRequest new_bridge(const std::string& name, const std::string& mac, std::uint32_t mtu);

struct VethPair {
  std::string host_name, peer_name;
  std::string peer_mac;  // 6 bytes; empty: the kernel's choice
  int peer_space = -1;   // network namespace
  int bridge = 0;        // index of the host end's master
  std::uint32_t mtu = 0;
};
NetlinkRequest new_veth(const VethPair& pair);

struct Macvlan {
  std::string name, mode, mac;
  int parent = 0;
  int space = -1;
  std::uint32_t mtu = 0;
};
Result<NetlinkRequest> new_macvlan(const Macvlan& wanted);

struct Ipvlan {
  std::string name, mode, flag;  // l2, l3, l3s; bridge, private, vepa
  int parent = 0;
  int space = -1;
  std::uint32_t mtu = 0;
};
Result<NetlinkRequest> new_ipvlan(const Ipvlan& wanted);

// 802.1Q: what of `parent` bears this VLAN's tag.
NetlinkRequest new_vlan(const std::string& name, int parent, std::uint16_t id);
// A text of ours on a device (ip-link(8): alias), which it has after it was made.
NetlinkRequest set_alias(const std::string& name, const std::string& alias);
// Empty: it has none, or is not there.
Result<std::string> alias_of(NetlinkSocket& socket, const std::string& name);

// IPv6 gives the device no address by itself; before it is up, when one would be there already.
NetlinkRequest without_link_local(const std::string& name);
NetlinkRequest set_up(const std::string& name);
// A port of a bridge again.
NetlinkRequest set_master(const std::string& name, int bridge);
// A port of a bridge sends back to where a packet came from (IFLA_BRPORT_MODE).
NetlinkRequest set_hairpin(const std::string& name);
NetlinkRequest delete_link(const std::string& name);

// IPv6 addresses are used at once, without looking for duplicates.
NetlinkRequest new_address(int index, const IpRange& address);
// Into the main table; `destination` of length 0 is the default route, an unspecified gateway none.
NetlinkRequest new_route(const IpRange& destination,
                         const IpAddress& gateway,
                         int index,
                         std::uint32_t metric);

// RTM_GETLINK by name: the index; nullopt: there is none.
Result<std::optional<int>> link_index(NetlinkSocket& socket, const std::string& name);
// False as well when there is none.
Result<bool> link_is_up(NetlinkSocket& socket, const std::string& name);

}  // namespace isle::kernel
