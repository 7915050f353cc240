#include "engine/networks.h"

#include <linux/netlink.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "engine/containers.h"
#include "engine/database.h"
#include "kernel/fd.h"
#include "kernel/netlink.h"
#include "kernel/nft.h"
#include "network/dns_client.h"
#include "network/firewall.h"
#include "network/foreign.h"
#include "network/leases.h"
#include "network/unwire.h"
#include "network/wire.h"

namespace isle::engine {
namespace {

struct Running {
  record::Container container;
  record::Wiring wiring;
  Pid pid;
};

Result<kernel::UniqueFd> space_of(Pid pid) {
  return kernel::open_file(HostPath(format("/proc/{}/ns/net", pid.value)), O_RDONLY);
}

// Null: it does not run. Refused when its network is not isle's.
Result<std::optional<Running>> running(const Paths& paths, std::string_view name) {
  Listed listed = TRY(find_container(paths, name));
  if (!listed.running()) return std::optional<Running>();
  std::optional<record::Wiring> wiring = TRY(wiring_of(paths, listed.container.id));
  if (!wiring) {
    return fail(
        ErrorKind::Conflict,
        format("container {} is in no network: it runs with --network {}",
               quoted(name),
               listed.container.namespaces.network.empty() ? "none"
                                                           : listed.container.namespaces.network));
  }
  return std::optional(Running{.container = std::move(listed.container),
                               .wiring = *std::move(wiring),
                               .pid = listed.state->pid});
}

Result<void> keep(const Paths& paths, const Running& running) {
  return kernel::replace_file(paths.container(running.container.id) / "network.json",
                              record::write_wiring(running.wiring),
                              0600,
                              false);
}

bool is_in(const record::Container& container, const std::string& network) {
  return std::ranges::any_of(container.networking.networks, [&](const record::NetworkWish& wish) {
    return wish.network == network;
  });
}

// Its monitor holds the connection to isle-dns only where there were names when it started.
Result<void> serve_names(const Paths& paths, Running& running, int space) {
  if (!running.wiring.name_server.empty()) {
    network::update_names(running.wiring);
    return {};
  }
  TRY(choose_name_server(paths, running.container, running.wiring));
  if (running.wiring.name_server.empty()) return {};
  TRY(keep(paths, running));
  return network::keep_serving_names(running.wiring, space);
}

Result<void> connect_running(const Paths& paths,
                             Running& running,
                             const record::NetworkWish& wish) {
  const network::Places places = network_places(paths);
  const network::ResolveRequest request{.places = places,
                                        .wish = running.container.networking,
                                        .container = running.container.id,
                                        .name = running.container.name,
                                        .exposed = {},
                                        .is_alive = holders_alive(paths)};
  const std::size_t leases_before = running.wiring.leases.size();
  record::Attachment attachment = TRY(network::resolve_one(request, wish, running.wiring));
  const bool has_default = std::ranges::any_of(
      running.wiring.attachments, [](const auto& other) { return !other.gateways.empty(); });
  if (has_default) attachment.gateways.clear();
  running.wiring.attachments.push_back(attachment);
  record::Wiring only = running.wiring;
  only.attachments = {attachment};
  only.ports.clear();
  const auto wire = [&]() -> Result<void> {
    TRY(keep(paths, running));
    const kernel::UniqueFd space = TRY(space_of(running.pid));
    TRY(network::provide_host_device(attachment));
    TRY(network::connect(attachment, space.get()));
    if (attachment.driver == "bridge") TRY(network::publish(only));
    TRY(serve_names(paths, running, space.get()));
    return write_network_files(paths, running.container, running.wiring);
  };
  Result<void> wired = wire();
  if (wired) return wired;
  for (std::size_t i = leases_before; i < running.wiring.leases.size(); ++i) {
    network::drop_lease(HostPath(running.wiring.leases[i]), running.container.id);
  }
  running.wiring.leases.resize(leases_before);
  running.wiring.attachments.pop_back();
  static_cast<void>(keep(paths, running));
  return wired;
}

// Its leases are those of the network's directory.
void drop_leases_below(record::Wiring& wiring, const HostPath& directory) {
  std::erase_if(wiring.leases, [&](const std::string& lease) {
    if (!lease.starts_with(directory.str() + "/")) return false;
    network::drop_lease(HostPath(lease), wiring.container);
    return true;
  });
}

}  // namespace

Result<std::vector<Member>> members_of(const Paths& paths, const record::Network& network) {
  const HostPath directory = network_places(paths).leases(network.name);
  std::set<std::string> ids;
  for (const std::string& lease : network::leases_in(directory)) {
    if (const auto holder = network::lease_holder(directory / lease)) ids.insert(*holder);
  }
  std::vector<Member> members;
  const network::IsAlive is_alive = holders_alive(paths);
  for (const std::string& id : ids) {
    if (!is_alive(id)) continue;
    const auto container = Database(paths).find(id);
    const auto wiring = wiring_of(paths, id);
    if (!container || !wiring || !*wiring) continue;
    for (const record::Attachment& attachment : (*wiring)->attachments) {
      if (attachment.network != network.name) continue;
      members.push_back({.id = id, .name = container->name, .attachment = attachment});
    }
  }
  return members;
}

Result<void> connect_container(const Paths& paths,
                               std::string_view name,
                               const record::NetworkWish& wish) {
  const record::Network network = TRY(network::find_network(network_places(paths), wish.network));
  record::NetworkWish named = wish;
  named.network = network.name;
  record::Container container = TRY(Database(paths).find(name));
  if (is_in(container, network.name)) {
    return fail(
        ErrorKind::Conflict,
        format("container {} is in network {} already", quoted(name), quoted(network.name)));
  }
  std::optional<Running> found = TRY(running(paths, name));
  if (found) TRY(connect_running(paths, *found, named));
  if (!found && container.networking.networks.empty()) {
    return fail(ErrorKind::Conflict,
                format("container {} was made without networks", quoted(name)));
  }
  container.networking.networks.push_back(std::move(named));
  return Database(paths).write(container);
}

Result<void> disconnect_container(const Paths& paths,
                                  std::string_view name,
                                  std::string_view network_name,
                                  bool force) {
  const record::Network network = TRY(network::find_network(network_places(paths), network_name));
  record::Container container = TRY(Database(paths).find(name));
  if (!is_in(container, network.name)) {
    if (force) return {};
    return fail(ErrorKind::Conflict,
                format("container {} is not in network {}", quoted(name), quoted(network.name)));
  }
  std::optional<Running> found = TRY(running(paths, name));
  if (found) {
    const kernel::UniqueFd space = TRY(space_of(found->pid));
    for (const record::Attachment& attachment : found->wiring.attachments) {
      if (attachment.network == network.name) TRY(network::disconnect(attachment, space.get()));
    }
    std::erase_if(found->wiring.attachments,
                  [&](const auto& attachment) { return attachment.network == network.name; });
    drop_leases_below(found->wiring, network_places(paths).leases(network.name));
    TRY(keep(paths, *found));
    network::update_names(found->wiring);
  }
  std::erase_if(container.networking.networks,
                [&](const auto& wish) { return wish.network == network.name; });
  return Database(paths).write(container);
}

Result<std::string> remove_network(const Paths& paths, std::string_view name, bool force) {
  const network::Places places = network_places(paths);
  const record::Network network = TRY(network::find_network(places, name));
  if (network.name == network::kDefaultNetwork) {
    return fail(ErrorKind::Conflict,
                format("network {} is the default one, which stays", quoted(network.name)));
  }
  for (const record::Container& container : TRY(Database(paths).list()).containers) {
    if (!is_in(container, network.name)) continue;
    if (force) {
      TRY(remove_container(paths, container.id, {.force = true}));
      continue;
    }
    return fail(
        ErrorKind::Conflict,
        format("container {} is in network {}", container.id.substr(0, 12), quoted(network.name)),
        "remove it first, or with the network: isle network rm -f");
  }
  TRY(network::remove_network(places, network));
  return network.name;
}

namespace {
bool is_used(const std::vector<record::Container>& containers, const record::Network& network) {
  return std::ranges::any_of(containers, [&](const record::Container& container) {
    return is_in(container, network.name);
  });
}
}  // namespace

Result<std::vector<record::Network>> networks_that_pass(const Paths& paths,
                                                        const std::vector<NetworkFilter>& filters,
                                                        std::vector<Error>* broken) {
  const bool asks_for_use = std::ranges::any_of(
      filters, [](const NetworkFilter& filter) { return filter.key == "dangling"; });
  std::vector<record::Container> containers;
  if (asks_for_use) containers = TRY(Database(paths).list()).containers;
  std::vector<record::Network> networks =
      TRY(network::list_networks(network_places(paths), broken));
  std::erase_if(networks, [&](const record::Network& network) {
    return !passes(network, is_used(containers, network), filters);
  });
  return networks;
}

Result<std::vector<std::string>> prune_networks(const Paths& paths,
                                                const std::vector<NetworkFilter>& filters) {
  const auto containers = TRY(Database(paths).list()).containers;
  std::vector<std::string> pruned;
  for (const record::Network& network : TRY(networks_that_pass(paths, filters, nullptr))) {
    if (is_used(containers, network) || network.name == network::kDefaultNetwork) continue;
    TRY(network::remove_network(network_places(paths), network));
    pruned.push_back(network.name);
  }
  return pruned;
}

namespace {
// Of containers that were killed on their way; who wants such an address or port takes it anyway.
Result<void> drop_dead(const Paths& paths) {
  const network::Places places = network_places(paths);
  const network::IsAlive alive = holders_alive(paths);
  for (const record::Network& network : TRY(network::list_networks(places))) {
    network::drop_dead_leases(places.run / network.name, alive);
  }
  for (const std::string& port : network::leases_in(places.ports())) {
    network::drop_dead_leases(places.ports() / port, alive);
  }
  return {};
}
}  // namespace

Result<void> reload_networks(const Paths& paths, const std::optional<std::string>& container) {
  if (container) {
    const std::optional<Running> found = TRY(running(paths, *container));
    return found ? network::repair(found->wiring) : Result<void>();
  }
  TRY(drop_dead(paths));
  std::vector<record::Wiring> wirings = network::foreign_wirings(network_places(paths));
  for (const Listed& listed : TRY(list_containers(paths, false)).containers) {
    auto wiring = wiring_of(paths, listed.container.id);
    if (wiring && *wiring) wirings.push_back(**std::move(wiring));
  }
  kernel::NetlinkSocket firewall = TRY(kernel::NetlinkSocket::open(NETLINK_NETFILTER));
  const bool needs_table = std::ranges::any_of(
      wirings, [](const record::Wiring& wiring) { return !wiring.attachments.empty(); });
  Result<void> result;
  if (needs_table) result = network::rebuild_firewall(firewall, wirings);
  for (const record::Wiring& wiring : wirings) {
    Result<void> repaired = network::repair(wiring);
    if (!repaired && result) {
      result = std::unexpected(
          std::move(repaired).error().within(format("container {}", wiring.container)));
    }
  }
  return result;
}

bool has_firewalld() {
  Result<kernel::NetlinkSocket> socket = kernel::NetlinkSocket::open(NETLINK_NETFILTER);
  return socket && kernel::nft_has_table(*socket, "firewalld").value_or(false);
}

}  // namespace isle::engine
