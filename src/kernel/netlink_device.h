#pragma once
// Why: a network device belongs to one network namespace and can be moved to another, where it
// comes without its addresses, down, and under another name if its own is taken
// (network_namespaces(7), rtnetlink(7)).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/netlink.h"

namespace isle::kernel {

struct NetDevice {
  int index = 0;  // within its namespace
  std::string name;
  std::string kind;  // "veth", "bridge" ...; empty for hardware and for lo
  bool up = false;
};

struct NetAddress {
  std::uint8_t family = 0;             // AF_INET, AF_INET6
  std::uint8_t prefix = 0;             // bits
  std::uint32_t flags = 0;             // IFA_F_...
  std::string local, peer, broadcast;  // bytes in network order; absent: empty
};

// What the kernel takes as a name: 1 to 15 bytes without blank, slash or colon, not "." or "..".
bool is_device_name(std::string_view name);

// Each on a socket of protocol NETLINK_ROUTE, about the namespace that the socket is of.
Result<std::vector<NetDevice>> list_devices(NetlinkSocket& socket);
Result<std::optional<NetDevice>> find_device(NetlinkSocket& socket, const std::string& name);
// Addresses of global scope that were given by hand, of any family (IFA_F_PERMANENT).
Result<std::vector<NetAddress>> permanent_addresses(NetlinkSocket& socket, int index);
// To the namespace of `space` (a descriptor), where it is named `name`; "%d" in it becomes the
// first free number. EINVAL: this kind of device cannot be moved.
Result<void> move_device(NetlinkSocket& socket, int index, int space, const std::string& name);
Result<void> add_address(NetlinkSocket& socket, int index, const NetAddress& address);
Result<void> bring_up(NetlinkSocket& socket, int index);

}  // namespace isle::kernel
