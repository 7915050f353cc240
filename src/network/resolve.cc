#include "network/resolve.h"

#include <algorithm>
#include <set>

#include "base/ip_address.h"
#include "base/strings.h"
#include "kernel/netlink_device.h"
#include "kernel/netlink_link.h"
#include "network/complete.h"
#include "network/pool.h"
#include "network/ports.h"

namespace isle::network {

namespace {

constexpr std::size_t kMostNetworks = 16;  // one hexadecimal digit in the name of the host's end

Result<std::optional<IpAddress>> wanted_address(const record::NetworkWish& wish, bool v6) {
  const std::string& text = v6 ? wish.ip6 : wish.ip;
  if (text.empty()) return std::optional<IpAddress>();
  const IpAddress address = TRY(IpAddress::parse(text));
  if (address.is_v6() == v6) return std::optional(address);
  return fail(ErrorKind::InvalidArgument,
              format("{} is no IPv{} address", quoted(text), v6 ? 6 : 4));
}

// What was asked for and no subnet has.
Result<void> check_wanted(const record::Network& network,
                          const record::NetworkWish& wish,
                          bool had4,
                          bool had6) {
  for (const bool v6 : {false, true}) {
    const std::string& text = v6 ? wish.ip6 : wish.ip;
    if (text.empty() || (v6 ? had6 : had4)) continue;
    return fail(ErrorKind::InvalidArgument,
                format("{} is in no subnet of network {}", quoted(text), quoted(network.name)),
                format("isle network inspect {} shows them", network.name));
  }
  return {};
}

void add_gateway(const record::Network& network,
                 const record::Subnet& subnet,
                 unsigned length,
                 record::Attachment& attachment) {
  // Layer 3 knows no neighbours: what goes out is handed to the parent's routes.
  if (has_no_neighbours(network) && !network.internal && !network.no_default_route) {
    attachment.gateways.emplace_back(subnet.subnet.find(':') == std::string::npos ? "0.0.0.0"
                                                                                  : "::");
  }
  if (subnet.gateway.empty()) return;
  if (network.driver == "bridge") {
    attachment.bridge_addresses.push_back(format("{}/{}", subnet.gateway, length));
  }
  if (!network.internal && !network.no_default_route) {
    attachment.gateways.push_back(subnet.gateway);
  }
}

Result<void> take_addresses(const ResolveRequest& request,
                            const record::Network& network,
                            const record::NetworkWish& wish,
                            record::Attachment& attachment,
                            record::Wiring& wiring) {
  const HostPath directory = request.places.leases(network.name);
  bool had4 = false, had6 = false;
  for (const record::Subnet& subnet : network.subnets) {
    const Pool pool = TRY(pool_of(subnet));
    const bool v6 = pool.subnet.address.is_v6();
    if (v6 ? had6 : had4) continue;
    const std::optional<IpAddress> wanted = TRY(wanted_address(wish, v6));
    if (wanted && !pool.subnet.contains(*wanted)) continue;
    const IpAddress address =
        TRY(take_address(directory, pool, request.container, wanted, request.is_alive));
    (v6 ? had6 : had4) = true;
    wiring.leases.push_back((directory / address.str()).str());
    attachment.addresses.push_back(format("{}/{}", address.str(), pool.subnet.length));
    add_gateway(network, subnet, pool.subnet.length, attachment);
  }
  return check_wanted(network, wish, had4, had6);
}

// A default route of each family: the first network's that has one.
void keep_first_gateways(record::Wiring& wiring) {
  bool had4 = false, had6 = false;
  for (record::Attachment& attachment : wiring.attachments) {
    std::erase_if(attachment.gateways, [&](const std::string& gateway) {
      bool& had = gateway.find(':') != std::string::npos ? had6 : had4;
      return std::exchange(had, true);
    });
  }
}

Result<void> choose_device(record::Attachment& attachment,
                           const record::NetworkWish& wish,
                           const record::Wiring& wiring) {
  const auto is_free = [&](const std::string& name) {
    return std::ranges::none_of(
        wiring.attachments, [&](const record::Attachment& other) { return other.device == name; });
  };
  attachment.device = wish.device;
  for (unsigned i = 0; attachment.device.empty(); ++i) {
    const std::string name = format("eth{}", i);
    if (is_free(name)) attachment.device = name;
  }
  if (!kernel::is_device_name(attachment.device) || attachment.device == "lo") {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no name for a network device", quoted(attachment.device)),
                "1 to 15 bytes without blank, slash and colon");
  }
  if (is_free(attachment.device)) return {};
  return fail(ErrorKind::Conflict,
              format("two networks' devices are to be called {}", quoted(attachment.device)));
}

std::vector<std::string> names_of(const ResolveRequest& request, const record::NetworkWish& wish) {
  std::vector<std::string> names = {request.name, request.container.substr(0, 12)};
  for (const std::string& alias : wish.aliases) {
    if (std::ranges::find(names, alias) == names.end()) names.push_back(alias);
  }
  return names;
}

Result<void> take_all_ports(const ResolveRequest& request, record::Wiring& wiring) {
  std::vector<record::PortWish> wishes = request.wish.ports;
  if (request.wish.publish_all) {
    std::set<std::string> exposed(request.exposed.begin(), request.exposed.end());
    exposed.insert(request.wish.exposed.begin(), request.wish.exposed.end());
    for (const std::string& text : exposed) wishes.push_back(TRY(parse_exposed(text)));
  }
  if (wishes.empty()) return {};
  std::vector<std::string> addresses;
  for (const record::Attachment& attachment : wiring.attachments) {
    if (attachment.driver != "bridge" || attachment.internal || !addresses.empty()) continue;
    for (const std::string& address : attachment.addresses) {
      addresses.emplace_back(cut(address, '/').before);
    }
  }
  if (addresses.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "ports are published on a bridge that is not internal, and there is none",
                "--network bridge, or a network of your own (isle network create)");
  }
  const PortTaker taker{
      .places = request.places, .container = request.container, .is_alive = request.is_alive};
  for (const record::PortWish& wish : wishes) {
    for (record::PublishedPort& port : TRY(take_ports(taker, wish, addresses, wiring.leases))) {
      wiring.ports.push_back(std::move(port));
    }
  }
  return {};
}

std::string free_host_end(const std::string& container, const record::Wiring& wiring) {
  for (unsigned i = 0;; ++i) {
    std::string name = format("ve{}-{:x}", container.substr(0, 10), i);
    const bool taken = std::ranges::any_of(
        wiring.attachments,
        [&](const record::Attachment& other) { return other.host_end == name; });
    if (!taken) return name;
  }
}

Result<void> choose_mac(const ResolveRequest& request,
                        const record::NetworkWish& wish,
                        record::Attachment& attachment) {
  if (attachment.driver == "ipvlan") {
    if (wish.mac.empty()) return {};
    return fail(ErrorKind::Unsupported,
                format("network {}: an ipvlan has its parent's MAC address, not {}",
                       quoted(attachment.network),
                       wish.mac),
                "a macvlan has one of its own");
  }
  if (!wish.mac.empty()) TRY(kernel::parse_mac(wish.mac));
  attachment.mac = wish.mac.empty() ? mac_of(attachment, request.container) : wish.mac;
  return {};
}

Result<void> fill(const ResolveRequest& request, record::Wiring& wiring) {
  std::set<std::string> seen;
  for (const record::NetworkWish& wish : request.wish.networks) {
    record::Attachment attachment = TRY(resolve_one(request, wish, wiring));
    if (!seen.insert(attachment.network).second) {
      return fail(ErrorKind::InvalidArgument,
                  format("network {} is named twice", quoted(attachment.network)));
    }
    wiring.attachments.push_back(std::move(attachment));
  }
  keep_first_gateways(wiring);
  return take_all_ports(request, wiring);
}

}  // namespace

std::string mac_of(const record::Attachment& attachment, const std::string& container) {
  for (const std::string& text : attachment.addresses) {
    const Result<IpRange> range = IpRange::parse(text);
    if (range && !range->address.is_v6()) {
      return kernel::mac_text("\x02\x42" + std::string(range->address.bytes()));
    }
  }
  std::string mac = "02";
  for (unsigned i = 0; i < 5; ++i) mac += ":" + container.substr(i * std::size_t{2}, 2);
  return mac;
}

Result<record::Attachment> resolve_one(const ResolveRequest& request,
                                       const record::NetworkWish& wish,
                                       record::Wiring& wiring) {
  if (wiring.attachments.size() >= kMostNetworks) {
    return fail(ErrorKind::InvalidArgument,
                format("a container is in {} networks at most", kMostNetworks));
  }
  const record::Network network = TRY(find_network(request.places, wish.network));
  record::Attachment attachment{.network = network.name,
                                .driver = network.driver,
                                .host_device = network.device,
                                .mode = network.mode,
                                .flag = network.flag,
                                .routes = network.routes,
                                .mtu = network.mtu,
                                .internal = network.internal,
                                .open = network.open,
                                .masquerade = !network.no_masquerade,
                                .obeys_filter = network.obeys_filter,
                                .serves_names = !network.no_names};
  TRY(choose_device(attachment, wish, wiring));
  TRY(take_addresses(request, network, wish, attachment, wiring));
  TRY(choose_mac(request, wish, attachment));
  if (network.driver == "bridge") {
    attachment.host_end = free_host_end(request.container, wiring);
    attachment.ingress = wish.ingress;
    attachment.egress = wish.egress;
    if (wish.egress != 0) attachment.limiter = "vi" + attachment.host_end.substr(2);
  } else if (wish.ingress != 0 || wish.egress != 0) {
    return fail(ErrorKind::Unsupported,
                format("network {}: ingress= and egress= limit on bridges, this is a {}",
                       quoted(network.name),
                       network.driver));
  }
  attachment.names = names_of(request, wish);
  return attachment;
}

Result<record::Wiring> resolve(const ResolveRequest& request) {
  record::Wiring wiring;
  wiring.container = request.container;
  Result<void> filled = fill(request, wiring);
  if (filled) return wiring;
  for (const std::string& lease : wiring.leases) drop_lease(HostPath(lease), request.container);
  return std::unexpected(std::move(filled).error());
}

}  // namespace isle::network
