#include "network/cni_config.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/ip_address.h"
#include "base/strings.h"
#include "kernel/netlink_device.h"
#include "oci/json_reader.h"

namespace isle::network::cni {

// Where argument-dependent lookup finds it.
template <typename Io>
void fields(Io& io, typename Io::template Ref<Attached> attached) {
  io.required("containerID", attached.container);
  io.required("ifname", attached.device);
}

namespace {

constexpr std::array<std::string_view, 3> kVersions = {"0.4.0", "1.0.0", "1.1.0"};

struct Range {
  std::string subnet, start, end, gateway;
};
struct Route {
  std::string dst, gw;
};
struct Mapping {
  std::uint16_t host_port = 0, container_port = 0;
  std::string protocol = "tcp", host_ip;
};
struct Ipam {
  std::string type = "isle";
  Range range;  // of one subnet
  std::vector<std::vector<Range>> ranges;
  std::vector<Route> routes;
};
struct Runtime {
  std::vector<Mapping> ports;
  oci::Strings ips;
  std::string mac;
  Bandwidth bandwidth;
};
struct Document {
  Config config;
  Ipam ipam;
  Runtime runtime;
  oci::Strings argument_ips;
  std::string argument_mac;
};

template <typename Io>
void range_fields(Io& io, typename Io::template Ref<Range> range) {
  io.optional("subnet", range.subnet);
  io.optional("rangeStart", range.start);
  io.optional("rangeEnd", range.end);
  io.optional("gateway", range.gateway);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Range> range) {
  range_fields(io, range);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Route> route) {
  io.required("dst", route.dst);
  io.optional("gw", route.gw);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Mapping> mapping) {
  io.required("hostPort", mapping.host_port);
  io.required("containerPort", mapping.container_port);
  io.optional("protocol", mapping.protocol);
  io.optional("hostIP", mapping.host_ip);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Ipam> ipam) {
  io.optional("type", ipam.type);
  range_fields(io, ipam.range);
  io.optional("ranges", ipam.ranges);
  io.optional("routes", ipam.routes);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Runtime> runtime) {
  io.optional("portMappings", runtime.ports);
  io.optional("ips", runtime.ips);
  io.optional("mac", runtime.mac);
  io.nested("bandwidth", [&](Io& inner) {
    inner.optional("ingressRate", runtime.bandwidth.ingress);
    inner.optional("ingressBurst", runtime.bandwidth.ingress_burst);
    inner.optional("egressRate", runtime.bandwidth.egress);
    inner.optional("egressBurst", runtime.bandwidth.egress_burst);
  });
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Document> document) {
  auto& config = document.config;
  io.required("cniVersion", config.version);
  io.required("name", config.name);
  io.required("type", config.type);
  io.optional("bridge", config.bridge);
  io.optional("mtu", config.mtu);
  io.optional("internal", config.internal);
  io.optional("isolate", config.isolated);
  io.optional("ipMasq", config.masquerade);
  io.optional("ipam", document.ipam);
  io.optional("runtimeConfig", document.runtime);
  io.nested("args", [&](Io& args) {
    args.nested("cni", [&](Io& inner) {
      inner.optional("ips", document.argument_ips);
      inner.optional("mac", document.argument_mac);
    });
  });
  io.optional("cni.dev/valid-attachments", config.valid);
  // Others' concern: what the runtime may ask, what a plugin before this one did, name servers.
  for (const char* known : {"capabilities", "prevResult", "disableCheck", "dns"}) io.take(known);
}

// An object without members would do as well as what is not there.
Result<void> check_members(const std::vector<std::string>& unknown) {
  if (unknown.empty()) return {};
  return fail(ErrorKind::Unsupported,
              format("isle-cni does not know {}", join(unknown, ", ")),
              "docs/networks.md lists what a network's configuration may say");
}

bool is_word(std::string_view text) {
  return !text.empty() && text[0] != '.' && text[0] != '_' && text[0] != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

Result<void> add_subnet(Config& config, const Range& range) {
  if (range.subnet.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("network {} has no subnet", quoted(config.name)),
                R"(give one: "ipam": {"subnet": "10.22.0.0/16"})");
  }
  const IpRange subnet = TRY(IpRange::parse(range.subnet));
  if (subnet.length > subnet.address.bits() - 2) {
    return fail(ErrorKind::InvalidArgument,
                format("the subnet {} has no room for containers", range.subnet));
  }
  record::Subnet made{.subnet = subnet.network_str(),
                      .gateway = range.gateway,
                      .first = range.start,
                      .last = range.end};
  if (made.gateway.empty()) made.gateway = subnet.first().plus(1).str();
  for (const std::string* text : {&made.gateway, &made.first, &made.last}) {
    if (text->empty() || subnet.contains(TRY(IpAddress::parse(*text)))) continue;
    return fail(ErrorKind::InvalidArgument,
                format("the address {} is not in the subnet {}", *text, made.subnet));
  }
  config.subnets.push_back(std::move(made));
  return {};
}

Result<void> take_ipam(Config& config, const Ipam& ipam) {
  if (ipam.type != "isle") {
    return fail(ErrorKind::Unsupported,
                format("isle-cni gives out addresses itself, not by {}", quoted(ipam.type)),
                R"(leave "type" of "ipam" out, or say "isle")");
  }
  if (!ipam.range.subnet.empty() || ipam.ranges.empty()) TRY(add_subnet(config, ipam.range));
  for (const std::vector<Range>& ranges : ipam.ranges) {
    if (ranges.size() != 1) {
      return fail(ErrorKind::Unsupported, "ipam.ranges: isle-cni takes one range of each family");
    }
    TRY(add_subnet(config, ranges[0]));
  }
  for (const Route& route : ipam.routes) {
    const IpRange destination = TRY(IpRange::parse(route.dst));
    // The default route by the gateway is there anyway.
    if (destination.length == 0 && route.gw.empty()) continue;
    std::string gateway = route.gw;
    for (const record::Subnet& subnet : config.subnets) {
      const bool v6 = subnet.gateway.find(':') != std::string::npos;
      if (gateway.empty() && v6 == destination.address.is_v6()) gateway = subnet.gateway;
    }
    config.routes.push_back({.destination = route.dst, .gateway = gateway});
  }
  return {};
}

// A burst without a rate means nothing.
Result<void> check_bandwidth(const Bandwidth& bandwidth) {
  constexpr std::uint64_t kLeast = 8000;  // bits a second
  for (const auto& [name, rate, burst] :
       {std::tuple("ingress", bandwidth.ingress, bandwidth.ingress_burst),
        std::tuple("egress", bandwidth.egress, bandwidth.egress_burst)}) {
    if (rate >= kLeast || (rate == 0 && burst == 0)) continue;
    return fail(ErrorKind::InvalidArgument,
                format("bandwidth: {}Rate {} is no rate", name, rate),
                format("{} bits a second is the least", kLeast));
  }
  return {};
}

void take_runtime(Config& config, Document& document) {
  config.bandwidth = document.runtime.bandwidth;
  for (const Mapping& mapping : document.runtime.ports) {
    config.ports.push_back({.host_ip = mapping.host_ip,
                            .host_port = mapping.host_port,
                            .container_port = mapping.container_port,
                            .count = 1,
                            .protocol = lower(mapping.protocol)});
  }
  config.ips = document.runtime.ips.empty() ? std::move(document.argument_ips)
                                            : std::move(document.runtime.ips);
  config.mac = document.runtime.mac.empty() ? std::move(document.argument_mac)
                                            : std::move(document.runtime.mac);
}

Result<void> complete(Config& config) {
  if (!is_word(config.name)) {
    return fail(ErrorKind::InvalidArgument,
                format("{} cannot be a network's name", quoted(config.name)),
                "use letters, digits, \"_\", \".\" and \"-\"");
  }
  for (const Attached& attached : config.valid) {
    if (!is_word(attached.container)) {
      return fail(ErrorKind::InvalidArgument,
                  format("{} is no container's id", quoted(attached.container)));
    }
  }
  if (config.bridge.empty()) config.bridge = foreign_host_end("ic", config.name, "");
  if (kernel::is_device_name(config.bridge)) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{} is no name for a network device", quoted(config.bridge)),
              "1 to 15 bytes without blank, slash and colon");
}

}  // namespace

bool speaks(std::string_view version) {
  return std::ranges::find(kVersions, version) != kVersions.end();
}

std::string version_of(std::string_view text) {
  const auto document = json::parse(text);
  const json::Value* version = document ? document->find("cniVersion") : nullptr;
  const bool known =
      version != nullptr && version->string() != nullptr && speaks(*version->string());
  return known ? *version->string() : std::string(kVersions.back());
}

json::Value versions_json() {
  json::Array versions;
  for (const std::string_view version : kVersions) versions.emplace_back(version);
  return versions;
}

Result<Config> read_config(std::string_view text) {
  const json::Value value = TRY(json::parse(text));
  std::vector<std::string> unknown;
  Document document = TRY(oci::read_document<Document>(value, &unknown));
  Config& config = document.config;
  // GC and STATUS come without a container, but with the same configuration.
  TRY(check_members(unknown));
  if (const json::Value* dns = value.find("dns")) config.dns = *dns;
  TRY(take_ipam(config, document.ipam));
  TRY(check_bandwidth(document.runtime.bandwidth));
  take_runtime(config, document);
  TRY(complete(config));
  return std::move(config);
}

}  // namespace isle::network::cni
