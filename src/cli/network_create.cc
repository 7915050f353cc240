#include "cli/network_create.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/networking.h"
#include "engine/networks.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct CreateRequest {
  record::Network network;
  std::vector<std::string> gateways, ranges;
  bool ipv6 = false, ignore = false;
};

template <oci::StringMap record::Network::* Member>
Result<void> take_pair(CreateRequest& request, std::string_view value) {
  const Cut parts = cut(value, '=');
  (request.network.*Member)[std::string(parts.before)] = std::string(parts.after);
  return {};
}
template <bool record::Network::* Member>
Result<void> take_fact(CreateRequest& request, std::string_view value) {
  request.network.*Member = value == "true";
  return {};
}

Result<void> check_word(const std::string& value,
                        std::initializer_list<const char*> words,
                        const char* option) {
  if (std::ranges::find(words, value) != words.end()) return {};
  return fail(ErrorKind::InvalidArgument,
              format("--opt {}: {} is none", option, quoted(value)),
              format("it is {}", join(std::vector<std::string>(words.begin(), words.end()), ", ")));
}

Result<void> take_driver(CreateRequest& request, std::string_view value) {
  if (value == "bridge" || value == "macvlan" || value == "ipvlan") {
    request.network.driver = value;
    return {};
  }
  return fail(ErrorKind::Unsupported,
              format("--driver: isle has no driver {}", quoted(value)),
              "bridge, macvlan and ipvlan are what there is");
}

// Who gives out addresses: isle itself.
Result<void> take_ipam_driver(CreateRequest& /*request*/, std::string_view value) {
  if (value == "default" || value == "host-local") return {};
  return fail(ErrorKind::Unsupported,
              format("--ipam-driver: isle has no driver {}", quoted(value)),
              "host-local, which docker calls default, is what there is: isle gives out addresses, "
              "and asks no DHCP server");
}

Result<void> take_subnet(CreateRequest& request, std::string_view value) {
  const IpRange range = TRY_STEP(IpRange::parse(value), "--subnet");
  request.network.subnets.push_back({.subnet = range.network_str()});
  return {};
}

// DESTINATION,GATEWAY[,METRIC]
Result<void> take_route(CreateRequest& request, std::string_view value) {
  const auto parts = split(value, ',');
  if (parts.size() < 2 || parts.size() > 3) {
    return fail(ErrorKind::InvalidArgument,
                format("--route: {} is not DESTINATION,GATEWAY[,METRIC]", quoted(value)));
  }
  record::NetworkRoute route{
      .destination = TRY_STEP(IpRange::parse(parts[0]), "--route").network_str(),
      .gateway = TRY_STEP(IpAddress::parse(parts[1]), "--route").str()};
  if (parts.size() == 3) {
    route.metric = static_cast<std::uint32_t>(TRY(parse_uint(parts[2], "--route: the metric")));
  }
  request.network.routes.push_back(std::move(route));
  return {};
}

Result<void> take_dns(CreateRequest& request, std::string_view value) {
  request.network.dns_servers.push_back(TRY_STEP(IpAddress::parse(value), "--dns").str());
  return {};
}

Result<void> take_device(CreateRequest& request, std::string_view value) {
  request.network.device = value;
  return {};
}

Result<bool> truth(std::string_view name, std::string_view value) {
  return options::parse_bool(value, name);
}

// docker's names for some, podman's for others.
Result<void> take_option(CreateRequest& request, std::string_view text) {
  record::Network& network = request.network;
  const Cut parts = cut(text, '=');
  const std::string_view name = parts.before, value = parts.after;
  network.options[std::string(name)] = std::string(value);
  if (name == "mtu" || name == "com.docker.network.driver.mtu") {
    network.mtu = static_cast<std::uint32_t>(TRY(parse_uint(value, "--opt mtu")));
  } else if (name == "isolate") {
    network.open = value != "strict" && !TRY(truth("--opt isolate", value));
  } else if (name == "com.docker.network.bridge.enable_icc") {
    if (!TRY(truth("--opt enable_icc", value))) {
      return fail(ErrorKind::Unsupported,
                  "--opt enable_icc=false: containers of one network reach each other",
                  "put them into different networks");
    }
  } else if (name == "com.docker.network.bridge.name" || name == "parent") {
    network.device = value;
  } else if (name == "com.docker.network.bridge.enable_ip_masquerade") {
    network.no_masquerade = !TRY(truth("--opt enable_ip_masquerade", value));
  } else if (name == "no_default_route") {
    network.no_default_route = TRY(truth("--opt no_default_route", value));
  } else if (name == "host_filter") {
    TRY(check_word(std::string(value), {"obey", "pass"}, "host_filter"));
    network.obeys_filter = value == "obey";
  } else if (name == "mode" || name == "macvlan_mode" || name == "ipvlan_mode") {
    network.mode = value;
  } else if (name == "ipvlan_flag") {
    network.flag = value;
  } else {
    return fail(ErrorKind::Unsupported,
                format("--opt: isle has no option {}", quoted(name)),
                "mtu, isolate, host_filter, mode, ipvlan_flag, parent, no_default_route and "
                "com.docker.network.bridge's "
                "name and enable_ip_masquerade are what there is");
  }
  return {};
}

constexpr CommandFlag<CreateRequest> kFlags[] = {
    {{"disable-dns", 0, Arity::Switch, nullptr, "Without names of containers", Section::General},
     take_fact<&record::Network::no_names>},
    {{"dns", 0, Arity::Value, "ADDRESS", "A name server of this network", Section::General},
     take_dns},
    {{"driver",
      'd',
      Arity::Value,
      "DRIVER",
      "bridge (default), macvlan or ipvlan",
      Section::General},
     take_driver},
    {{"gateway",
      0,
      Arity::Value,
      "ADDRESS",
      "The bridge's own address in the subnet before it (default: the first)",
      Section::General},
     take_each<CreateRequest, &CreateRequest::gateways>},
    {{"ignore", 0, Arity::Switch, nullptr, "One of that name is no error", Section::General},
     take_switch<CreateRequest, &CreateRequest::ignore>},
    {{"interface-name",
      0,
      Arity::Value,
      "NAME",
      "What the bridge is called, or the parent of macvlans and ipvlans",
      Section::General},
     take_device},
    {{"internal",
      0,
      Arity::Switch,
      nullptr,
      "Without a way out, or in from outside",
      Section::General},
     take_fact<&record::Network::internal>},
    {{"ip-range",
      0,
      Arity::Value,
      "RANGE",
      "What containers get of the subnet before it: 10.1.0.128/25, or FIRST-LAST",
      Section::General},
     take_each<CreateRequest, &CreateRequest::ranges>},
    {{"ipam-driver",
      0,
      Arity::Value,
      "DRIVER",
      "Who gives out addresses: host-local (default), the name for isle itself",
      Section::General},
     take_ipam_driver},
    {{"ipv6", 0, Arity::Switch, nullptr, "A range of IPv6 addresses, too", Section::General},
     take_switch<CreateRequest, &CreateRequest::ipv6>},
    {{"label", 0, Arity::Value, "NAME[=VALUE]", "A fact about the network", Section::General},
     take_pair<&record::Network::labels>},
    {{"opt",
      'o',
      Arity::Value,
      "NAME=VALUE",
      "mtu, isolate=false, host_filter=obey, mode, ipvlan_flag, parent, no_default_route, or "
      "docker's "
      "bridge options",
      Section::General},
     take_option},
    {{"route",
      0,
      Arity::Value,
      "DESTINATION,GATEWAY[,METRIC]",
      "A route that its containers get",
      Section::General},
     take_route},
    {{"subnet",
      0,
      Arity::Value,
      "RANGE",
      "Its addresses, such as 10.1.0.0/24; one of each family (default: a free one)",
      Section::General},
     take_subnet},
};

// A gateway or range belongs to the subnet that contains it.
Result<record::Subnet*> subnet_with(record::Network& network,
                                    const IpAddress& address,
                                    std::string_view flag) {
  for (record::Subnet& subnet : network.subnets) {
    if (TRY(IpRange::parse(subnet.subnet)).contains(address)) return &subnet;
  }
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is in no --subnet", flag, address.str()));
}

Result<void> place_range(record::Network& network, std::string_view text) {
  const Cut parts = cut(text, '-');
  IpAddress first, last;
  if (parts.found) {
    first = TRY_STEP(IpAddress::parse(parts.before), "--ip-range");
    last = TRY_STEP(IpAddress::parse(parts.after), "--ip-range");
  } else {
    const IpRange range = TRY_STEP(IpRange::parse(text), "--ip-range");
    first = range.first();
    last = range.last();
  }
  record::Subnet* subnet = TRY(subnet_with(network, first, "ip-range"));
  if (first > last || TRY(subnet_with(network, last, "ip-range")) != subnet) {
    return fail(ErrorKind::InvalidArgument, format("--ip-range: {} has no such end", quoted(text)));
  }
  subnet->first = first.str();
  subnet->last = last.str();
  return {};
}

// What is on a device of the host.
Result<void> complete_driver(record::Network& network) {
  const bool is_ipvlan = network.driver == "ipvlan";
  if (!is_ipvlan && !network.flag.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("--opt ipvlan_flag: a {} has none", network.driver));
  }
  if (network.driver == "bridge") {
    if (network.mode.empty()) return {};
    return fail(ErrorKind::InvalidArgument,
                "--opt mode: a bridge has none",
                "macvlans and ipvlans have: --driver");
  }
  if (network.device.empty()) {
    return fail(
        ErrorKind::InvalidArgument,
        format("{} {} needs the host's device it is on", is_ipvlan ? "an" : "a", network.driver),
        "--opt parent=DEVICE, or parent=DEVICE.ID for a VLAN of it");
  }
  if (network.mode.empty()) network.mode = is_ipvlan ? "l2" : "bridge";
  network.no_names = true;
  if (!is_ipvlan) {
    return check_word(network.mode, {"bridge", "private", "vepa", "passthru"}, "macvlan_mode");
  }
  if (network.flag.empty()) network.flag = "bridge";
  TRY(check_word(network.mode, {"l2", "l3", "l3s"}, "ipvlan_mode"));
  return check_word(network.flag, {"bridge", "private", "vepa"}, "ipvlan_flag");
}

void warn_of_firewalld(const record::Network& network) {
  for (const record::Subnet& subnet : network.subnets) {
    warn(
        format("firewalld filters here and knows nothing of this network: firewall-cmd --permanent "
               "--zone=trusted --add-source={} lets its containers out, after --reload",
               subnet.subnet));
  }
}

Result<void> complete(CreateRequest& request) {
  record::Network& network = request.network;
  for (const std::string& text : request.gateways) {
    const IpAddress gateway = TRY_STEP(IpAddress::parse(text), "--gateway");
    TRY(subnet_with(network, gateway, "gateway"))->gateway = gateway.str();
  }
  for (const std::string& text : request.ranges) TRY(place_range(network, text));
  return complete_driver(network);
}

}  // namespace

std::vector<options::Flag> network_create_flags() { return flags_of(kFlags); }

Result<std::string> create_network(Arguments arguments) {
  CreateRequest request;
  const auto names = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network create", names, 1, 1, "network"));
  request.network.name = names[0];
  TRY(complete(request));
  const engine::Paths paths = TRY(engine::Paths::open());
  const network::Places places = engine::network_places(paths);
  if (request.ignore && TRY(network::has_network(places, names[0]))) {
    return format("{}\n", names[0]);
  }
  const record::Network made =
      TRY(network::create_network(places, std::move(request.network), request.ipv6));
  if (made.driver == "bridge" && engine::has_firewalld()) warn_of_firewalld(made);
  return format("{}\n", names[0]);
}

}  // namespace isle::cli
