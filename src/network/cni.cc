#include "network/cni.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/ip_address.h"
#include "base/json.h"
#include "base/strings.h"
#include "kernel/fd.h"
#include "network/cni_config.h"
#include "network/foreign.h"
#include "network/pool.h"
#include "network/resolve.h"
#include "network/wire.h"

namespace isle::network::cni {

namespace {

// The specification's numbers, "Error".
enum class Code : std::uint8_t {
  IncompatibleVersion = 1,
  UnsupportedField = 2,
  UnknownContainer = 3,
  InvalidEnvironment = 4,
  Failed = 5,
  InvalidConfig = 7,
  TryAgain = 11,
};

Code code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::Unsupported: return Code::UnsupportedField;
    case ErrorKind::NotFound: return Code::UnknownContainer;
    case ErrorKind::InvalidArgument:
    case ErrorKind::Corrupt: return Code::InvalidConfig;
    case ErrorKind::Unavailable: return Code::TryAgain;
    default: return Code::Failed;
  }
}

Answer refusal(std::string_view version, const Error& error, Code code) {
  json::Value value{json::Object{}};
  value["cniVersion"] = version;
  value["code"] = static_cast<int>(code);
  value["msg"] = error.describe();
  value["details"] = error.hint;
  return {.text = json::write(value) + "\n", .status = 1};
}

Answer versions() {
  json::Value value{json::Object{}};
  value["cniVersion"] = "1.1.0";
  value["supportedVersions"] = versions_json();
  return {.text = json::write(value) + "\n", .status = 0};
}

std::string holder_of(const Config& config, const std::string& id, const std::string& device) {
  return format(".cni/{}/{}@{}", config.name, id, device);
}

HostPath address_leases(const Places& places, const Config& config) {
  return places.run / ".cni-addresses" / config.name;
}

Result<void> check_environment(const Call& call, bool needs_space) {
  const auto missing = [](const char* name) {
    return fail(ErrorKind::InvalidArgument, format("{} is not set", name));
  };
  if (call.container.empty()) return missing("CNI_CONTAINERID");
  if (call.device.empty()) return missing("CNI_IFNAME");
  if (needs_space && call.space.empty()) return missing("CNI_NETNS");
  const bool is_word = check_network_name("x" + call.container).has_value();
  if (is_word && call.container[0] != '.' && call.device.find('/') == std::string::npos) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{} is no container's id", quoted(call.container)),
              "use letters, digits, \"_\", \".\" and \"-\"");
}

// The network and isle's own must not be in each other's way.
Result<void> check_apart(const Places& places, const Config& config) {
  for (const record::Network& network : TRY(list_networks(places))) {
    if (network.device == config.bridge) {
      return fail(
          ErrorKind::Conflict,
          format(
              "the bridge {} is that of isle's network {}", config.bridge, quoted(network.name)));
    }
    for (const record::Subnet& subnet : network.subnets) {
      const IpRange theirs = TRY(IpRange::parse(subnet.subnet));
      for (const record::Subnet& ours : config.subnets) {
        if (network.driver != "bridge" || !TRY(IpRange::parse(ours.subnet)).overlaps(theirs)) {
          continue;
        }
        return fail(ErrorKind::Conflict,
                    format("the subnet {} overlaps that of isle's network {}",
                           ours.subnet,
                           quoted(network.name)));
      }
    }
  }
  return {};
}

// "IP=10.22.0.9;MAC=..." of CNI_ARGS; what else stands there is for others.
void take_arguments(const std::string& text, Config& config) {
  for (const std::string_view word : split(text, ';')) {
    const Cut parts = cut(word, '=');
    if (parts.before == "IP" && config.ips.empty()) config.ips.emplace_back(parts.after);
    if (parts.before == "MAC" && config.mac.empty()) config.mac = std::string(parts.after);
  }
}

Result<std::optional<IpAddress>> wanted_in(const Config& config, const Pool& pool) {
  for (const std::string& text : config.ips) {
    const IpAddress address = TRY(IpAddress::parse(cut(text, '/').before));
    if (pool.subnet.contains(address)) return std::optional(address);
  }
  return std::optional<IpAddress>();
}

Result<void> take_addresses(const Places& places,
                            const Config& config,
                            const IsAlive& is_alive,
                            ForeignRequest& request) {
  record::Attachment& attachment = request.attachments[0];
  for (const record::Subnet& subnet : config.subnets) {
    const Pool pool = TRY(pool_of(subnet));
    const std::optional<IpAddress> wanted = TRY(wanted_in(config, pool));
    const HostPath leases = address_leases(places, config);
    const IpAddress address = TRY(take_address(leases, pool, request.holder, wanted, is_alive));
    request.leases.push_back((leases / address.str()).str());
    attachment.addresses.push_back(format("{}/{}", address.str(), pool.subnet.length));
    attachment.bridge_addresses.push_back(format("{}/{}", subnet.gateway, pool.subnet.length));
    if (!config.internal) attachment.gateways.push_back(subnet.gateway);
  }
  for (const std::string& text : config.ips) {
    const IpAddress address = TRY(IpAddress::parse(cut(text, '/').before));
    const bool taken = std::ranges::any_of(attachment.addresses, [&](const std::string& own) {
      return cut(own, '/').before == address.str();
    });
    if (taken) continue;
    return fail(ErrorKind::InvalidArgument,
                format("{} is in no subnet of network {}", address.str(), quoted(config.name)));
  }
  return {};
}

Result<ForeignRequest> request_of(const Places& places,
                                  const Call& call,
                                  const Config& config,
                                  const IsAlive& is_alive) {
  ForeignRequest request;
  request.holder = holder_of(config, call.container, call.device);
  request.ports = config.ports;
  record::Attachment attachment{.network = config.name,
                                .driver = "bridge",
                                .host_device = config.bridge,
                                .device = call.device,
                                .mac = config.mac,
                                .routes = config.routes,
                                .mtu = config.mtu,
                                .internal = config.internal,
                                .open = !config.isolated,
                                .masquerade = config.masquerade};
  attachment.host_end = foreign_host_end("vc", request.holder, call.device);
  attachment.ingress = config.bandwidth.ingress;
  attachment.egress = config.bandwidth.egress;
  attachment.ingress_burst = config.bandwidth.ingress_burst / 8;
  attachment.egress_burst = config.bandwidth.egress_burst / 8;
  if (attachment.egress != 0) attachment.limiter = "vi" + attachment.host_end.substr(2);
  request.attachments = {std::move(attachment)};
  Result<void> taken = take_addresses(places, config, is_alive, request);
  record::Attachment& made = request.attachments[0];
  if (taken && made.mac.empty()) made.mac = mac_of(made, "000000000000");
  if (taken) return request;
  for (const std::string& lease : request.leases) drop_lease(HostPath(lease), request.holder);
  return std::unexpected(std::move(taken).error());
}

json::Value interfaces_json(const record::Attachment& attachment, const std::string& space) {
  json::Array interfaces;
  for (const std::string& name : {attachment.host_device, attachment.host_end}) {
    json::Value device{json::Object{}};
    device["name"] = name;
    interfaces.push_back(std::move(device));
  }
  json::Value inside{json::Object{}};
  inside["name"] = attachment.device;
  inside["mac"] = attachment.mac;
  inside["sandbox"] = space;
  interfaces.push_back(std::move(inside));
  return interfaces;
}

json::Value result_json(const Config& config, const Call& call, const record::Wiring& wiring) {
  const record::Attachment& attachment = wiring.attachments[0];
  json::Array ips, routes;
  for (std::size_t i = 0; i < attachment.addresses.size(); ++i) {
    json::Value ip{json::Object{}};
    const std::string& address = attachment.addresses[i];
    if (config.version == "0.4.0") {
      ip["version"] = address.find(':') == std::string::npos ? "4" : "6";
    }
    ip["address"] = address;
    ip["gateway"] = std::string(cut(attachment.bridge_addresses[i], '/').before);
    ip["interface"] = 2;
    ips.push_back(std::move(ip));
  }
  for (const std::string& gateway : attachment.gateways) {
    json::Value route{json::Object{}};
    route["dst"] = gateway.find(':') == std::string::npos ? "0.0.0.0/0" : "::/0";
    route["gw"] = gateway;
    routes.push_back(std::move(route));
  }
  for (const record::NetworkRoute& given : attachment.routes) {
    json::Value route{json::Object{}};
    route["dst"] = given.destination;
    route["gw"] = given.gateway;
    routes.push_back(std::move(route));
  }
  json::Value result{json::Object{}};
  result["cniVersion"] = config.version;
  result["interfaces"] = interfaces_json(attachment, call.space);
  result["ips"] = std::move(ips);
  result["routes"] = std::move(routes);
  result["dns"] = config.dns.is_null() ? json::Value(json::Object{}) : config.dns;
  return result;
}

Result<std::string> add(const Places& places,
                        const Call& call,
                        Config& config,
                        const IsAlive& is_alive) {
  TRY(check_apart(places, config));
  take_arguments(call.arguments, config);
  const std::string holder = holder_of(config, call.container, call.device);
  if (foreign_exists(places, holder)) {
    return fail(ErrorKind::Conflict,
                format("container {} has {} in network {} already",
                       quoted(call.container),
                       call.device,
                       quoted(config.name)),
                "DEL has to come between two ADDs");
  }
  const kernel::UniqueFd space = TRY(kernel::open_file(HostPath(call.space), O_RDONLY));
  const ForeignRequest request = TRY(request_of(places, call, config, is_alive));
  const record::Wiring wiring = TRY(set_up_foreign(places, request, space.get(), is_alive));
  return json::write(result_json(config, call, wiring)) + "\n";
}

Result<std::string> remove(const Places& places, const Call& call, const Config& config) {
  kernel::UniqueFd space;
  if (!call.space.empty()) {
    space = TRY(kernel::open_if_exists(HostPath(call.space), O_RDONLY));
  }
  TRY(tear_down_foreign(
      places, holder_of(config, call.container, call.device), {}, space ? space.get() : -1));
  return std::string();
}

Result<std::string> check(const Places& places, const Call& call, const Config& config) {
  const auto wiring = TRY(foreign_wiring(places, holder_of(config, call.container, call.device)));
  if (!wiring) {
    return fail(ErrorKind::NotFound,
                format("container {} has no {} in network {}",
                       quoted(call.container),
                       call.device,
                       quoted(config.name)));
  }
  const kernel::UniqueFd space = TRY(kernel::open_file(HostPath(call.space), O_RDONLY));
  TRY(check_wired(*wiring, space.get()));
  return std::string();
}

// What the runtime does not name is gone.
Result<std::string> collect(const Places& places, const Config& config) {
  std::vector<std::string> kept;
  kept.reserve(config.valid.size());
  for (const Attached& attached : config.valid) {
    kept.push_back(holder_of(config, attached.container, attached.device));
  }
  Result<void> result;
  for (const std::string& holder : foreign_holders(places, ".cni/" + config.name)) {
    if (std::ranges::find(kept, holder) != kept.end()) continue;
    const Result<void> gone = tear_down_foreign(places, holder, {}, -1);
    if (!gone) result = gone;
  }
  TRY(result);
  return std::string();
}

Result<std::string> run(const Call& call,
                        const Places& places,
                        Config& config,
                        const IsAlive& is_alive) {
  if (call.command == "STATUS") return std::string();
  if (call.command == "GC") return collect(places, config);
  TRY(check_environment(call, call.command != "DEL"));
  if (call.command == "ADD") return add(places, call, config, is_alive);
  if (call.command == "DEL") return remove(places, call, config);
  return check(places, call, config);
}

}  // namespace

Answer answer(const Call& call,
              std::string_view text,
              const Places& places,
              const IsAlive& is_alive) {
  constexpr std::array<std::string_view, 5> kCommands = {"ADD", "DEL", "CHECK", "GC", "STATUS"};
  const std::string version = version_of(text);
  if (call.command == "VERSION") return versions();
  if (std::ranges::find(kCommands, call.command) == kCommands.end()) {
    return refusal(version,
                   fail(ErrorKind::InvalidArgument,
                        format("CNI_COMMAND cannot be {}", quoted(call.command)),
                        "ADD, DEL, CHECK, GC, STATUS and VERSION are there")
                       .error(),
                   Code::InvalidEnvironment);
  }
  Result<Config> config = read_config(text);
  if (!config) return refusal(version, config.error(), code_of(config.error()));
  if (!speaks(config->version)) {
    return refusal(version,
                   fail(ErrorKind::Unsupported,
                        format("isle-cni does not speak version {}", quoted(config->version)),
                        "0.4.0, 1.0.0 and 1.1.0 are spoken")
                       .error(),
                   Code::IncompatibleVersion);
  }
  Result<std::string> done = run(call, places, *config, is_alive);
  if (done) return {.text = *std::move(done), .status = 0};
  return refusal(version, done.error(), code_of(done.error()));
}

}  // namespace isle::network::cni
