#pragma once
// From what was asked of a container's networks to the wiring: networks are looked up, addresses
// and ports taken. What was taken before an error is given back.

#include <string>
#include <vector>

#include "base/error.h"
#include "network/leases.h"
#include "network/networks.h"
#include "record/network_wish.h"
#include "record/wiring.h"

namespace isle::network {

struct ResolveRequest {
  const Places& places;
  const record::Networking& wish;
  std::string container;  // its id
  std::string name;
  std::vector<std::string> exposed;  // by the image, "80/tcp"
  IsAlive is_alive;
};

// The card's address where none was asked for: as docker has it 02:42 and the IPv4 address, so that
// an address keeps its card's; else digits of the container's id.
std::string mac_of(const record::Attachment& attachment, const std::string& container);

Result<record::Wiring> resolve(const ResolveRequest& request);

// One more network for a container that has some.
Result<record::Attachment> resolve_one(const ResolveRequest& request,
                                       const record::NetworkWish& wish,
                                       record::Wiring& wiring);

}  // namespace isle::network
