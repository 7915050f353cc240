#pragma once
// What a network's maker did not say: pure, so that each rule has its test.

#include <vector>

#include "base/error.h"
#include "base/ip_address.h"
#include "record/network.h"

namespace isle::network {

// An ipvlan of layer 3: no broadcast, no ARP, so no gateway either.
bool has_no_neighbours(const record::Network& network);

// Device, subnets and gateways; `taken` are ranges that must not be touched. With `v6` it gets a
// range of unique local addresses (RFC 4193) unless one is given.
Result<void> complete_network(record::Network& network,
                              const std::vector<record::Network>& others,
                              const std::vector<IpRange>& taken,
                              bool v6);

// What a container may be given of a subnet.
struct Pool {
  IpRange subnet;
  IpAddress first, last;
  std::vector<IpAddress> reserved;  // within first..last
};
Result<Pool> pool_of(const record::Subnet& subnet);

}  // namespace isle::network
