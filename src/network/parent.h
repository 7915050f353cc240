#pragma once
// Why: macvlans and ipvlans are on a device of the host, their parent. One called "eth0.10" is what
// of eth0 bears the tag of VLAN 10 (802.1Q): it is made where it is not there, as docker does, and
// taken away with the network. That it is isle's is told by its alias.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "kernel/netlink.h"

namespace isle::network {

struct VlanName {
  std::string parent;
  std::uint16_t id = 0;
};
// nullopt: no name of this kind.
std::optional<VlanName> vlan_name(const std::string& device);

// The index of the device, made and up. NotFound, Unsupported.
Result<int> provide_parent(kernel::NetlinkSocket& host, const std::string& device);

// If isle made it.
Result<void> remove_parent(const std::string& device);

}  // namespace isle::network
