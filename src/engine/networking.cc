#include "engine/networking.h"

#include <unistd.h>

#include <cstdlib>

#include "base/ip_address.h"
#include "base/strings.h"
#include "engine/etc_files.h"
#include "kernel/fd.h"
#include "monitor/network.h"
#include "network/foreign.h"
#include "options/network.h"
#include "runtime/state/container.h"

namespace isle::engine {
namespace {

constexpr unsigned kNetAdmin = 12;  // CAP_NET_ADMIN
constexpr const char* kOwnServer = "127.0.0.11";

network::ResolveRequest resolve_request(const network::Places& places,
                                        const Paths& paths,
                                        const record::Container& container) {
  return {.places = places,
          .wish = container.networking,
          .container = container.id,
          .name = container.name,
          .exposed = {},
          .is_alive = holders_alive(paths)};
}

// Content changes, the file stays: it is mounted inside.
Result<void> rewrite(const HostPath& path, const std::string& text) {
  const kernel::UniqueFd file =
      TRY(kernel::open_file(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
  return kernel::write_all(file.get(), text);
}

std::string read_or_empty(const HostPath& path) {
  return kernel::read_file(path, 1 << 20).value_or("");
}

// systemd-resolved listens on the host's loopback; what it asks itself stands in another file.
std::string host_resolv() {
  std::string text = read_or_empty(HostPath("/etc/resolv.conf"));
  if (text.find("127.0.0.53") == std::string::npos) return text;
  std::string real = read_or_empty(HostPath("/run/systemd/resolve/resolv.conf"));
  return real.empty() ? std::move(text) : std::move(real);
}

std::string gateway_of(const record::Wiring& wiring, bool v6) {
  for (const record::Attachment& attachment : wiring.attachments) {
    for (const std::string& address : attachment.bridge_addresses) {
      if ((address.find(':') != std::string::npos) == v6) {
        return std::string(cut(address, '/').before);
      }
    }
  }
  return {};
}

}  // namespace

network::Places network_places(const Paths& paths) {
  return {.networks = paths.store.root() / "networks", .run = paths.run / "networks"};
}

network::IsAlive holders_alive(const Paths& paths) {
  return [&paths](const std::string& id) {
    if (network::is_foreign(id)) return network::foreign_exists(network_places(paths), id);
    if (access((paths.container(id) / "record.json").c_str(), F_OK) != 0) return false;
    const auto state = runtime::load_state(paths.states(), id);
    // Without one it is about to start, or to start again.
    return !state || runtime::is_alive(*state);
  };
}

Result<void> settle_network(record::Container& container,
                            const runtime::HostFacts& facts,
                            std::vector<std::string>& warnings) {
  record::Networking& networking = container.networking;
  std::string& mode = container.namespaces.network;
  const bool may_make = facts.privileged() && facts.effective.contains(kNetAdmin);
  if (mode.empty()) {
    const char* set = std::getenv("ISLE_NETWORK");
    if (set != nullptr && *set != '\0') {
      TRY_STEP(options::take_network(container, set), "ISLE_NETWORK");
    } else if (may_make) {
      TRY(options::take_network(container, network::kDefaultNetwork));
    }
  }
  if (!networking.networks.empty() && !may_make) {
    return fail(ErrorKind::Denied,
                format("network {}: making network devices needs CAP_NET_ADMIN on the host",
                       quoted(networking.networks[0].network)),
                "run as root, or use --network host or none");
  }
  if (networking.ports.empty() || !networking.networks.empty()) return {};
  if (mode == "host") {
    warnings.emplace_back("-p means nothing with --network host: its ports are the host's");
    networking.ports.clear();
    return {};
  }
  return fail(
      ErrorKind::InvalidArgument,
      format("-p: with --network {} there is nothing to publish on", mode.empty() ? "none" : mode),
      "ports are published on bridges, which root can have");
}

Result<std::optional<record::Wiring>> wiring_of(const Paths& paths, std::string_view id) {
  return monitor::read_network(paths.container(id));
}

Result<void> write_network_files(const Paths& paths,
                                 const record::Container& container,
                                 const record::Wiring& wiring) {
  const HostPath directory = paths.container(container.id);
  const record::Networking& wish = container.networking;
  const std::string hostname(trim(read_or_empty(directory / "hostname")));
  if (!wish.no_hosts) {
    TRY(rewrite(directory / "hosts", hosts_text(wish, wiring, hostname, container.name)));
  }
  return rewrite(directory / "resolv.conf", resolv_text(wish, wiring, host_resolv()));
}

Result<void> choose_name_server(const Paths& paths,
                                const record::Container& container,
                                record::Wiring& wiring) {
  const network::Places places = network_places(paths);
  for (const record::Attachment& attachment : wiring.attachments) {
    if (!attachment.serves_names) continue;
    wiring.name_server = (places.run / ".dns").str();
    wiring.upstream = container.networking.dns;
    if (wiring.upstream.empty()) {
      wiring.upstream = TRY(network::find_network(places, attachment.network)).dns_servers;
    }
    return {};
  }
  return {};
}

Result<std::optional<record::Wiring>> connect_networks(const Paths& paths,
                                                       const record::Container& container) {
  if (container.networking.networks.empty()) return std::optional<record::Wiring>();
  std::optional<record::Wiring> there = TRY(wiring_of(paths, container.id));
  if (there) return there;
  const network::Places places = network_places(paths);
  record::Wiring wiring = TRY(network::resolve(resolve_request(places, paths, container)));
  TRY(choose_name_server(paths, container, wiring));
  // From here on whoever removes the container finds what it holds.
  Result<void> written = kernel::replace_file(
      paths.container(container.id) / "network.json", record::write_wiring(wiring), 0600, false);
  if (!written) {
    for (const std::string& lease : wiring.leases) {
      network::drop_lease(HostPath(lease), container.id);
    }
    return std::unexpected(std::move(written).error());
  }
  TRY(write_network_files(paths, container, wiring));
  return std::optional(std::move(wiring));
}

Result<std::optional<record::Wiring>> imagine_networks(const Paths& paths,
                                                       const record::Container& container) {
  if (container.networking.networks.empty()) return std::optional<record::Wiring>();
  const network::Places places = network_places(paths);
  record::Wiring wiring = TRY(network::resolve(resolve_request(places, paths, container)));
  for (const std::string& lease : wiring.leases) {
    network::drop_lease(HostPath(lease), container.id);
  }
  return std::optional(std::move(wiring));
}

std::string hosts_text(const record::Networking& wish,
                       const record::Wiring& wiring,
                       const std::string& hostname,
                       const std::string& name) {
  std::string text(kLoopbackHosts);
  const std::string gateway = gateway_of(wiring, false), gateway6 = gateway_of(wiring, true);
  const std::string host = gateway.empty() ? gateway6 : gateway;
  for (const std::string& line : wish.hosts) {
    const Cut parts = cut(line, ':');
    const std::string address(parts.after == "host-gateway" ? std::string_view(host) : parts.after);
    if (!address.empty()) text += format("{}\t{}\n", address, parts.before);
  }
  if (!host.empty()) text += format("{}\thost.containers.internal host.docker.internal\n", host);
  for (const record::Attachment& attachment : wiring.attachments) {
    for (const std::string& address : attachment.addresses) {
      oci::Strings names = {hostname};
      if (name != hostname && !name.empty()) names.push_back(name);
      text += format("{}\t{}\n", cut(address, '/').before, join(names, " "));
    }
  }
  return text;
}

namespace {

struct HostNames {
  oci::Strings servers, rest;  // what else the file says
};

// What of the host's file stays, where nothing else was asked for.
HostNames names_of_host(const record::Networking& wish, const std::string& host_file) {
  HostNames host;
  for (const std::string_view line : split(host_file, '\n')) {
    const Cut parts = cut(trim(line), ' ');
    const std::string_view value = trim(parts.after);
    if (parts.before == "nameserver") {
      const Result<IpAddress> address = IpAddress::parse(cut(value, '%').before);
      // The host's loopback is not the container's.
      if (address && !address->is_loopback()) host.servers.emplace_back(value);
      continue;
    }
    const bool is_search = parts.before == "search" || parts.before == "domain";
    const bool replaced = (is_search && !wish.dns_search.empty()) ||
                          (parts.before == "options" && !wish.dns_options.empty());
    if (!replaced && !line.empty() && line[0] != '#' && line[0] != ';') {
      host.rest.emplace_back(line);
    }
  }
  return host;
}

}  // namespace

std::string resolv_text(const record::Networking& wish,
                        const record::Wiring& wiring,
                        const std::string& host_file) {
  auto [servers, rest] = names_of_host(wish, host_file);
  if (!wish.dns.empty()) servers = wish.dns;
  const bool own = !wiring.name_server.empty();
  if (own) servers = {kOwnServer};
  std::string text;
  for (const std::string& server : servers) text += format("nameserver {}\n", server);
  if (servers.empty()) text += "# no name server that this network could reach\n";
  for (const std::string& line : rest) text += line + "\n";
  if (!wish.dns_search.empty() && wish.dns_search[0] != ".") {
    text += format("search {}\n", join(wish.dns_search, " "));
  }
  oci::Strings options = wish.dns_options;
  if (own && options.empty()) options = {"ndots:0"};
  if (!options.empty()) text += format("options {}\n", join(options, " "));
  return text;
}

}  // namespace isle::engine
