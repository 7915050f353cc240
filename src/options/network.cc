// --network: whose network the container sees, network_namespaces(7); or which networks it is
// connected to, each with what is asked of it.
#include "options/network.h"

#include "base/ip_address.h"
#include "base/strings.h"
#include "kernel/netlink_device.h"
#include "kernel/netlink_link.h"
#include "network/networks.h"
#include "options/namespace_mode.h"
#include "options/rows.h"

namespace isle::options {
namespace {

using Kind = NamespaceMode::Kind;

constexpr const char* kConnected = "bridge";  // the mode of who is in networks

Result<void> check_alias(std::string_view alias) {
  bool valid = !alias.empty() && alias.size() <= 63;  // RFC 1035: a label
  for (const char c : alias) {
    valid = valid && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.');
  }
  if (valid) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{} cannot be a name in a network", quoted(alias)),
              "use letters, digits, \"-\", \"_\" and \".\", at most 63 of them");
}

Result<void> take_ip(record::NetworkWish& wish, std::string_view text, bool v6) {
  const IpAddress address = TRY(IpAddress::parse(text));
  if (address.is_v6() != v6) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no IPv{} address", quoted(text), v6 ? 6 : 4));
  }
  (v6 ? wish.ip6 : wish.ip) = address.str();
  return {};
}

Result<void> take_mac(record::NetworkWish& wish, std::string_view text) {
  wish.mac = kernel::mac_text(TRY(kernel::parse_mac(text)));
  return {};
}

Result<void> take_alias(record::NetworkWish& wish, std::string_view text) {
  TRY(check_alias(text));
  wish.aliases.emplace_back(text);
  return {};
}

// Bits a second: "10mbit", "10M", "500kbit", "1g", "64000".
Result<std::uint64_t> parse_rate(std::string_view text) {
  constexpr std::uint64_t kLeast = 8000, kMost = 1000000000000;
  std::string_view digits = text;
  if (digits.ends_with("bit")) digits.remove_suffix(3);
  std::uint64_t unit = 1;
  constexpr std::string_view kUnits = "kmg";
  const char last = digits.empty() ? '\0' : lower(digits.substr(digits.size() - 1))[0];
  if (const std::size_t place = kUnits.find(last); place != std::string_view::npos) {
    for (std::size_t i = 0; i <= place; ++i) unit *= 1000;
    digits.remove_suffix(1);
  }
  const auto number = parse_uint(digits, "rate");
  if (number && *number <= kMost / unit && *number * unit >= kLeast) return *number * unit;
  return fail(ErrorKind::InvalidArgument,
              format("{} is no rate", quoted(text)),
              "write bits a second like 10mbit, 500kbit or 1gbit; 8kbit is the least");
}

// "ip=10.0.0.5,alias=web"
Result<void> take_part(record::NetworkWish& wish, std::string_view part) {
  const Cut pair = cut(part, '=');
  if (pair.before == "ip") return take_ip(wish, pair.after, pair.after.contains(':'));
  if (pair.before == "ip6") return take_ip(wish, pair.after, true);
  if (pair.before == "mac") return take_mac(wish, pair.after);
  if (pair.before == "alias") return take_alias(wish, pair.after);
  if (pair.before == "ingress" || pair.before == "egress") {
    (pair.before == "ingress" ? wish.ingress : wish.egress) = TRY(parse_rate(pair.after));
    return {};
  }
  if (pair.before == "interface_name") {
    if (!kernel::is_device_name(pair.after)) {
      return fail(ErrorKind::InvalidArgument,
                  format("{} is no name for a network device", quoted(pair.after)));
    }
    wish.device = pair.after;
    return {};
  }
  return fail(ErrorKind::InvalidArgument,
              format("{} says nothing about a network", quoted(part)),
              "ip=, ip6=, mac=, alias=, interface_name=, ingress= and egress= do");
}

Result<void> take_named(record::Container& container, std::string_view value) {
  const Cut parts = cut(value, ':');
  const auto names = split(parts.before, ',');
  if (parts.found && names.size() > 1) {
    return fail(ErrorKind::InvalidArgument,
                format("{}: what is behind \":\" is about one network", quoted(value)));
  }
  for (const std::string_view name : names) {
    if (name == "pasta" || name == "slirp4netns") {
      return fail(ErrorKind::Unsupported,
                  format("{} does not exist in isle", quoted(name)),
                  "as root there are bridges; else host and none");
    }
    // "default" is podman's other word for its own.
    if (name != "default") TRY(network::check_network_name(name));
    record::NetworkWish wish;
    wish.network = name;
    if (parts.found) {
      for (const std::string_view part : split(parts.after, ',')) TRY(take_part(wish, part));
    }
    container.networking.networks.push_back(std::move(wish));
  }
  container.namespaces.network = kConnected;
  return {};
}

Result<void> parse(RunRequest& request, std::string_view value) {
  return take_network(request.container, value);
}

// sysfs shows the devices of a network namespace, and only its owner may mount it.
void bind_sys(SpecBuilder& builder) {
  oci::Mount* sys = builder.find_mount("/sys");
  if (sys == nullptr) return;
  sys->type = "bind";
  sys->source = "/sys";
  sys->options = {"rbind", "nosuid", "noexec", "nodev", "ro", "rro"};
  std::erase_if(builder.spec.mounts,
                [](const oci::Mount& mount) { return mount.type == "cgroup"; });
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const NamespaceMode mode = read_mode(container.namespaces.network);
  TRY(add_namespace_mode(builder, "network", mode));
  const bool own = mode.kind == Kind::Private || mode.kind == Kind::Other;
  if (!own && builder.maps_ids()) bind_sys(builder);
  if (!own) return {};
  // ping(8) without CAP_NET_RAW for root's group, and no privileged ports: nobody else is there.
  // The kernel takes mapped groups only.
  const std::uint32_t group =
      builder.is_mapped(true, 0) ? 0 : builder.linux_().gid_mappings.at(0).container_id;
  builder.linux_().sysctl["net.ipv4.ping_group_range"] = format("{} {}", group, group);
  builder.linux_().sysctl["net.ipv4.ip_unprivileged_port_start"] = "0";
  return {};
}

template <Result<void> (*kTake)(record::NetworkWish&, std::string_view)>
Result<void> parse_alone(RunRequest& request, std::string_view value) {
  return kTake(request.network, value);
}

}  // namespace

Result<void> take_network(record::Container& container, std::string_view value) {
  std::string& mode = container.namespaces.network;
  const NamespaceMode wanted = read_mode(value);
  const bool is_mode = value == "none" || value == "host" || wanted.kind == Kind::Container ||
                       wanted.kind == Kind::Path;
  const bool connected = !container.networking.networks.empty();
  if ((is_mode && connected) || (!is_mode && !mode.empty() && mode != kConnected)) {
    return fail(ErrorKind::InvalidArgument,
                format("--network {}: it cannot be had beside {}",
                       quoted(value),
                       quoted(is_mode ? container.networking.networks[0].network : mode)));
  }
  if (is_mode) {
    mode = TRY(check_mode("network", value, {"none"}));
    return {};
  }
  TRY_STEP(take_named(container, value), "--network");
  return {};
}

Result<void> finish_networks(RunRequest& request) {
  const record::NetworkWish& alone = request.network;
  if (alone.ip.empty() && alone.ip6.empty() && alone.mac.empty() && alone.aliases.empty()) {
    return {};
  }
  std::vector<record::NetworkWish>& networks = request.container.networking.networks;
  const std::string& mode = request.container.namespaces.network;
  if (networks.size() > 1 || (networks.empty() && !mode.empty())) {
    return fail(ErrorKind::InvalidArgument,
                "--ip, --ip6, --mac-address and --network-alias are about the only network of a "
                "container",
                "with several, say it with each: --network NAME:ip=...,mac=...,alias=...");
  }
  if (networks.empty()) TRY(take_network(request.container, network::kDefaultNetwork));
  record::NetworkWish& wish = networks[0];
  if (!alone.ip.empty()) wish.ip = alone.ip;
  if (!alone.ip6.empty()) wish.ip6 = alone.ip6;
  if (!alone.mac.empty()) wish.mac = alone.mac;
  wish.aliases.insert(wish.aliases.end(), alone.aliases.begin(), alone.aliases.end());
  return {};
}

const Option kNetwork{
    .flag = {"network",
             0,
             Arity::Value,
             "MODE|NAME[:KEY=VALUE,...]",
             "none, host, container:NAME, ns:PATH, or a network to be in, with ip=, ip6=, mac=, "
             "alias=, interface_name=, ingress=, egress= (bits a second, 10mbit); several times "
             "for several (default: bridge for root, else "
             "none; ISLE_NETWORK says another)",
             Section::Network},
    .parse = parse,
    .apply = apply,
};

const Option kNet{
    .flag = {"net", 0, Arity::Value, "MODE", nullptr, Section::Network},
    .parse = parse,
    .apply = nullptr,
};

const Option kIp{
    .flag = {"ip", 0, Arity::Value, "ADDRESS", "Its IPv4 address in its network", Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY_STEP(take_ip(request.network, value, false), "--ip");
      return {};
    },
    .apply = nullptr,
};

const Option kIp6{
    .flag =
        {"ip6", 0, Arity::Value, "ADDRESS", "Its IPv6 address in its network", Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY_STEP(take_ip(request.network, value, true), "--ip6");
      return {};
    },
    .apply = nullptr,
};

const Option kMacAddress{
    .flag = {"mac-address",
             0,
             Arity::Value,
             "MAC",
             "The address of its network card",
             Section::Network},
    .parse = parse_alone<take_mac>,
    .apply = nullptr,
};

const Option kNetworkAlias{
    .flag = {"network-alias",
             0,
             Arity::Value,
             "NAME",
             "One more name by which others of its network find it",
             Section::Network},
    .parse = parse_alone<take_alias>,
    .apply = nullptr,
};

const Option kNetAlias{
    .flag = {"net-alias", 0, Arity::Value, "NAME", nullptr, Section::Network},
    .parse = parse_alone<take_alias>,
    .apply = nullptr,
};

}  // namespace isle::options
