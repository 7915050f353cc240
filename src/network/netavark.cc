#include "network/netavark.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "base/ip_address.h"
#include "base/json.h"
#include "base/strings.h"
#include "network/resolve.h"
#include "oci/json_reader.h"

namespace isle::network {

namespace {

constexpr const char* kOwnServer = "127.0.0.11";
constexpr std::size_t kIdDigits = 64;

struct Mapping {
  std::string host_ip;
  std::uint16_t host_port = 0, container_port = 0, range = 1;
  std::string protocol = "tcp";
};

// What a container is given in a network.
struct Given {
  oci::Strings ips, aliases;
  std::string mac, device;
};

struct SubnetInfo {
  std::string subnet, gateway;
};

struct NetworkInfo {
  std::string name, driver, device;
  std::vector<SubnetInfo> subnets;
  std::vector<record::NetworkRoute> routes;
  oci::Strings dns_servers;
  oci::StringMap options, ipam;
  bool internal = false, dns_enabled = false;
};

struct Document {
  std::string id, name;
  std::vector<Mapping> ports;
  std::map<std::string, Given> networks;
  std::map<std::string, NetworkInfo> infos;
  oci::Strings dns_servers;
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<Mapping> mapping) {
  io.optional("host_ip", mapping.host_ip);
  io.required("host_port", mapping.host_port);
  io.required("container_port", mapping.container_port);
  io.optional("range", mapping.range);
  io.optional("protocol", mapping.protocol);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Given> given) {
  io.optional("static_ips", given.ips);
  io.optional("aliases", given.aliases);
  io.optional("static_mac", given.mac);
  io.required("interface_name", given.device);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<SubnetInfo> subnet) {
  io.required("subnet", subnet.subnet);
  io.optional("gateway", subnet.gateway);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<NetworkInfo> info) {
  io.required("name", info.name);
  io.required("driver", info.driver);
  io.optional("network_interface", info.device);
  io.optional("subnets", info.subnets);
  io.optional("routes", info.routes);
  io.optional("network_dns_servers", info.dns_servers);
  io.optional("options", info.options);
  io.optional("ipam_options", info.ipam);
  io.optional("internal", info.internal);
  io.optional("dns_enabled", info.dns_enabled);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Document> document) {
  io.required("container_id", document.id);
  io.required("container_name", document.name);
  io.optional("port_mappings", document.ports);
  io.required("networks", document.networks);
  io.required("network_info", document.infos);
  io.optional("dns_servers", document.dns_servers);
}

Result<void> check_id(const std::string& id) {
  const bool is_id = id.size() == kIdDigits && std::ranges::all_of(id, [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                     });
  if (is_id) return {};
  return fail(ErrorKind::InvalidArgument,
              format("container_id: {} is not 64 hexadecimal digits", quoted(id)));
}

Result<bool> switched_on(const std::string& option, const std::string& value) {
  if (value == "true" || value == "false") return value == "true";
  return fail(ErrorKind::InvalidArgument,
              format("option {} of a network cannot be {}", option, quoted(value)),
              "it is true or false");
}

Result<void> take_option(const std::string& name,
                         const std::string& value,
                         record::Attachment& attachment,
                         bool& no_default_route) {
  const bool is_bridge = attachment.driver == "bridge";
  if (name == "mtu") {
    attachment.mtu = static_cast<std::uint32_t>(TRY(parse_uint(value, "mtu")));
  } else if (name == "no_default_route") {
    no_default_route = TRY(switched_on(name, value));
  } else if (name == "isolate" && is_bridge) {
    // "strict" keeps apart from all others; so does isle, whatever the other side says.
    attachment.open = value != "strict" && !TRY(switched_on(name, value));
  } else if (name == "mode" && !is_bridge) {
    attachment.mode = value;
  } else {
    return fail(
        ErrorKind::Unsupported,
        format("isle has no option {} for networks of driver {}", quoted(name), attachment.driver),
        "make the network without it");
  }
  return {};
}

// The addresses podman has chosen, with the prefix of their subnet and its gateway.
Result<void> take_subnets(const NetworkInfo& info,
                          const Given& given,
                          bool default_route,
                          record::Attachment& attachment) {
  for (const std::string& text : given.ips) {
    const IpAddress address = TRY(IpAddress::parse(text));
    bool found = false;
    for (const SubnetInfo& subnet : info.subnets) {
      const IpRange range = TRY(IpRange::parse(subnet.subnet));
      if (!range.contains(address) || std::exchange(found, true)) continue;
      attachment.addresses.push_back(format("{}/{}", address.str(), range.length));
      if (subnet.gateway.empty()) continue;
      const IpAddress gateway = TRY(IpAddress::parse(subnet.gateway));
      if (info.driver == "bridge") {
        attachment.bridge_addresses.push_back(format("{}/{}", gateway.str(), range.length));
      }
      if (default_route && !info.internal) attachment.gateways.push_back(gateway.str());
    }
    if (found) continue;
    return fail(ErrorKind::InvalidArgument,
                format("{} is in no subnet of network {}", address.str(), quoted(info.name)));
  }
  return {};
}

oci::Strings names_of(const Document& document, const Given& given) {
  oci::Strings names = {document.name, document.id.substr(0, 12)};
  for (const std::string& alias : given.aliases) {
    if (std::ranges::find(names, alias) == names.end()) names.push_back(alias);
  }
  return names;
}

Result<record::Attachment> attachment_of(const Document& document,
                                         const NetworkInfo& info,
                                         const Given& given,
                                         const std::string& holder) {
  constexpr std::array<std::string_view, 3> kDrivers = {"bridge", "macvlan", "ipvlan"};
  if (std::ranges::find(kDrivers, info.driver) == kDrivers.end()) {
    return fail(ErrorKind::Unsupported,
                format("network {}: isle has no driver {}", quoted(info.name), quoted(info.driver)),
                "bridge, macvlan and ipvlan are there");
  }
  if (const auto ipam = info.ipam.find("driver");
      ipam != info.ipam.end() && ipam->second == "dhcp") {
    return fail(ErrorKind::Unsupported,
                format("network {}: isle asks nobody for addresses by DHCP", quoted(info.name)),
                "make the network with --subnet, or --ipam-driver none");
  }
  record::Attachment attachment{.network = info.name,
                                .driver = info.driver,
                                .host_device = info.device,
                                .device = given.device,
                                .mac = given.mac,
                                .routes = info.routes,
                                .internal = info.internal,
                                .open = info.driver == "bridge"};
  if (info.driver == "bridge") {
    attachment.host_end = foreign_host_end("vp", holder, given.device);
  } else {
    attachment.mode = info.driver == "ipvlan" ? "l2" : "bridge";
  }
  bool no_default_route = false;
  for (const auto& [name, value] : info.options) {
    TRY_STEP(take_option(name, value, attachment, no_default_route),
             format("network {}", quoted(info.name)));
  }
  TRY(take_subnets(info, given, !no_default_route, attachment));
  if (attachment.mac.empty() && info.driver != "ipvlan")
    attachment.mac = mac_of(attachment, document.id);
  attachment.names = names_of(document, given);
  attachment.serves_names = info.dns_enabled && info.driver == "bridge";
  return attachment;
}

std::vector<record::PortWish> wishes_of(const Document& document) {
  std::vector<record::PortWish> wishes;
  for (const Mapping& mapping : document.ports) {
    const auto protocols = split(mapping.protocol, ',');
    for (const std::string_view protocol : protocols) {
      wishes.push_back({.host_ip = mapping.host_ip,
                        .host_port = mapping.host_port,
                        .container_port = mapping.container_port,
                        .count = std::max<std::uint16_t>(mapping.range, 1),
                        .protocol = std::string(protocol)});
    }
  }
  return wishes;
}

json::Value subnets_json(const record::Attachment& attachment) {
  json::Value subnets{json::Array{}};
  for (const std::string& text : attachment.addresses) {
    json::Value subnet{json::Object{}};
    subnet["ipnet"] = text;
    const auto range = IpRange::parse(text);
    for (const std::string& bridge : attachment.bridge_addresses) {
      const auto gateway = IpAddress::parse(cut(bridge, '/').before);
      if (range && gateway && !attachment.internal && range->contains(*gateway)) {
        subnet["gateway"] = gateway->str();
      }
    }
    subnets.push_back(std::move(subnet));
  }
  return subnets;
}

}  // namespace

Result<ForeignRequest> read_netavark_request(std::string_view text) {
  const Document document = TRY(oci::read_document<Document>(TRY(json::parse(text))));
  TRY(check_id(document.id));
  ForeignRequest request{.holder = ".podman/" + document.id,
                         .attachments = {},
                         .ports = wishes_of(document),
                         .leases = {},
                         .upstream = document.dns_servers,
                         .ports_are_held = true};
  for (const auto& [name, given] : document.networks) {
    const auto info = document.infos.find(name);
    if (info == document.infos.end()) {
      return fail(ErrorKind::InvalidArgument,
                  format("network_info says nothing of network {}", quoted(name)));
    }
    request.attachments.push_back(
        TRY(attachment_of(document, info->second, given, request.holder)));
    if (request.upstream.empty()) request.upstream = info->second.dns_servers;
  }
  // The first device's network has the default route.
  std::ranges::sort(request.attachments, {}, &record::Attachment::device);
  return request;
}

std::string netavark_answer(const ForeignRequest& request, const record::Wiring& wiring) {
  json::Value answer{json::Object{}};
  for (const record::Attachment& wanted : request.attachments) {
    const auto attachment =
        std::ranges::find(wiring.attachments, wanted.device, &record::Attachment::device);
    json::Value& network = answer[wanted.network];
    network["dns_search_domains"] = json::Array{};
    network["dns_server_ips"] =
        wanted.serves_names ? json::Array{json::Value(kOwnServer)} : json::Array{};
    json::Value& device = network["interfaces"][wanted.device];
    device["mac_address"] = attachment->mac;
    device["subnets"] = subnets_json(*attachment);
  }
  return json::write(answer) + "\n";
}

}  // namespace isle::network
