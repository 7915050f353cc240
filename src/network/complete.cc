#include "network/complete.h"

#include <algorithm>

#include "base/strings.h"
#include "kernel/netlink_device.h"

namespace isle::network {

namespace {

// isle's own: neither docker's 172.17.0.0/16 nor podman's 10.88.0.0/16 and 10.89.*.
constexpr const char* kDefaultRange = "10.86.0.0/16";
constexpr const char* kSmallRange = "10.87.0.0/24";
constexpr unsigned kTries = 4096;

bool overlaps_any(const IpRange& range, const std::vector<IpRange>& taken) {
  return std::ranges::any_of(taken, [&](const IpRange& other) { return range.overlaps(other); });
}

Result<record::Subnet> free_subnet4(bool large, const std::vector<IpRange>& taken) {
  IpRange range = TRY(IpRange::parse(large ? kDefaultRange : kSmallRange));
  for (unsigned i = 0; i < kTries; ++i) {
    if (!overlaps_any(range, taken)) return record::Subnet{.subnet = range.str()};
    range.address = range.last().plus(1);
  }
  return fail(ErrorKind::Unavailable,
              "no range of addresses is free for another network",
              "give one: --subnet");
}

// The network's id is as random as RFC 4193 wants its 40 bits.
Result<record::Subnet> free_subnet6(const std::string& id) {
  return record::Subnet{
      .subnet = format("fd{}:{}:{}::/64", id.substr(0, 2), id.substr(2, 4), id.substr(6, 4))};
}

Result<IpAddress> checked_inside(const IpRange& range, const std::string& text, const char* what) {
  const IpAddress address = TRY(IpAddress::parse(text));
  if (range.contains(address)) return address;
  return fail(ErrorKind::InvalidArgument,
              format("the {} {} is not in {}", what, text, range.network_str()));
}

Result<void> complete_subnet(record::Subnet& subnet, bool has_gateway) {
  const IpRange range = TRY(IpRange::parse(subnet.subnet));
  const unsigned most = range.address.bits() - 2;
  if (range.length > most || range.length < 8) {
    return fail(
        ErrorKind::InvalidArgument,
        format("the subnet {} has a prefix that is not between 8 and {}", subnet.subnet, most));
  }
  subnet.subnet = range.network_str();
  if (subnet.gateway.empty() && has_gateway) subnet.gateway = range.first().plus(1).str();
  if (!subnet.gateway.empty()) TRY(checked_inside(range, subnet.gateway, "gateway"));
  if (!subnet.first.empty()) TRY(checked_inside(range, subnet.first, "first address"));
  if (!subnet.last.empty()) TRY(checked_inside(range, subnet.last, "last address"));
  return {};
}

Result<void> choose_device(record::Network& network, const std::vector<record::Network>& others) {
  if (network.device.empty() && network.driver == "bridge") {
    // isle0 is the default network's; others by their id, which no two have.
    network.device = network.name == "bridge" ? "isle0" : "isle-" + network.id.substr(0, 8);
  }
  if (!kernel::is_device_name(network.device)) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no name for a network device", quoted(network.device)),
                "1 to 15 bytes without blank, slash and colon");
  }
  for (const record::Network& other : others) {
    if (network.driver != "bridge" || other.device != network.device) continue;
    return fail(ErrorKind::Conflict,
                format("the bridge {} is network {}'s", network.device, quoted(other.name)));
  }
  return {};
}

}  // namespace

bool has_no_neighbours(const record::Network& network) {
  return network.driver == "ipvlan" && network.mode.starts_with("l3");
}

Result<void> complete_network(record::Network& network,
                              const std::vector<record::Network>& others,
                              const std::vector<IpRange>& taken,
                              bool v6) {
  TRY(choose_device(network, others));
  const bool given = !network.subnets.empty();
  if (!given) {
    network.subnets.push_back(TRY(free_subnet4(network.name == "bridge", taken)));
  }
  bool has_v6 = false;
  for (record::Subnet& subnet : network.subnets) {
    const bool has_gateway = network.driver == "bridge" || !network.internal;
    TRY(complete_subnet(subnet, has_gateway && !has_no_neighbours(network)));
    const IpRange range = TRY(IpRange::parse(subnet.subnet));
    has_v6 = has_v6 || range.address.is_v6();
    if (!given || !overlaps_any(range, taken)) continue;
    return fail(
        ErrorKind::Conflict,
        format("the subnet {} overlaps one of another network or of this host", subnet.subnet),
        "isle network inspect shows those of networks, ip addr those of the host");
  }
  if (v6 && !has_v6) {
    network.subnets.push_back(TRY(free_subnet6(network.id)));
    TRY(complete_subnet(network.subnets.back(), !has_no_neighbours(network)));
  }
  return {};
}

Result<Pool> pool_of(const record::Subnet& subnet) {
  const IpRange range = TRY(IpRange::parse(subnet.subnet));
  Pool pool{.subnet = range, .first = range.first(), .last = range.last(), .reserved = {}};
  pool.reserved.push_back(range.first());
  if (!range.address.is_v6()) pool.reserved.push_back(range.last());
  if (!subnet.first.empty()) pool.first = TRY(IpAddress::parse(subnet.first));
  if (!subnet.last.empty()) pool.last = TRY(IpAddress::parse(subnet.last));
  if (!subnet.gateway.empty()) pool.reserved.push_back(TRY(IpAddress::parse(subnet.gateway)));
  return pool;
}

}  // namespace isle::network
