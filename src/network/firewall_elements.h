#pragma once
// Why: what a container or bridge is in the firewall are elements of a few sets and maps. The same
// functions say what is put there (open_firewall) and what is taken away (close_firewall), so that
// nothing can be left behind.

#include <linux/if.h>

#include <array>
#include <vector>

#include "base/error.h"
#include "kernel/nft.h"
#include "record/wiring.h"

namespace isle::network::firewall {

inline constexpr unsigned kNameBytes = IFNAMSIZ;

// Sets of bridges, by name.
inline constexpr const char* kBridges = "bridges";    // all of isle's
inline constexpr const char* kPairs = "pairs";        // each with itself
inline constexpr const char* kApart = "apart";        // others' containers do not come in
inline constexpr const char* kInternal = "internal";  // nothing goes out or comes in
inline constexpr const char* kMasked = "masked";      // go out under the host's address
// Containers' addresses.
struct AddressSet {
  const char* name;
  bool v6;
};
inline constexpr AddressSet kInside4{.name = "inside4", .v6 = false};
inline constexpr AddressSet kInside6{.name = "inside6", .v6 = true};
inline constexpr const char* kPassed = "passed";  // pass the host's policy (host_filter.h)
inline constexpr std::array kBridgeSets = {kBridges, kApart, kInternal, kMasked, kPassed};

// Published ports: (protocol, port), or (protocol, address, port), to (address, port).
struct PortMap {
  const char* any;
  const char* at;
  bool v6;
};
inline constexpr PortMap kMap4{.any = "ports4", .at = "ports4_at", .v6 = false};
inline constexpr PortMap kMap6{.any = "ports6", .at = "ports6_at", .v6 = true};

// Elements that come and go together.
using Group = std::vector<kernel::NftElement>;

// A bridge, and its subnets by the addresses it has in them ("10.87.0.1/24").
Result<std::vector<Group>> bridge_groups(const record::Attachment& attachment);
Result<kernel::NftElement> port_element(const std::string& container,
                                        const record::PublishedPort& port);
// Bridges and ports.
Result<std::vector<Group>> groups_of(const record::Wiring& wiring);

}  // namespace isle::network::firewall
