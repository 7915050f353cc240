#include "network/networks.h"

#include <linux/netlink.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "base/ip_address.h"
#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/file_lock.h"
#include "kernel/netlink_device.h"
#include "network/complete.h"
#include "network/leases.h"
#include "network/parent.h"
#include "network/unwire.h"

namespace isle::network {

namespace {

constexpr std::string_view kSuffix = ".json";

HostPath file_of(const Places& places, std::string_view name) {
  return places.networks / (std::string(name) + std::string(kSuffix));
}

Result<void> make_directory(const HostPath& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail_call(errno, format("mkdir({})", path.str()));
}

// One at a time chooses addresses.
Result<kernel::UniqueFd> lock_networks(const Places& places) {
  TRY(make_directory(places.networks));
  kernel::UniqueFd directory = TRY(kernel::open_file(places.networks, O_RDONLY | O_DIRECTORY));
  TRY(kernel::lock_file(directory.get(), LOCK_EX, places.networks.str()));
  return directory;
}

Result<std::string> random_hex() {
  std::array<std::uint64_t, 4> words{};
  if (getrandom(words.data(), sizeof words, 0) != sizeof words) {
    return fail_call(errno, "getrandom(32)");
  }
  std::string id;
  for (const std::uint64_t word : words) id += format("{:016x}", word);
  return id;
}

Result<record::Network> load(const HostPath& file) {
  const std::string text = TRY(kernel::read_file(file));
  return TRY_STEP(record::read_network(text), format("read {}", file.str()));
}

// Ranges that the host itself is in, and those of other networks.
Result<std::vector<IpRange>> taken_ranges(const std::vector<record::Network>& others,
                                          bool is_bridge) {
  std::vector<IpRange> taken;
  for (const record::Network& other : others) {
    for (const record::Subnet& subnet : other.subnets) {
      taken.push_back(TRY(IpRange::parse(subnet.subnet)));
    }
  }
  // A macvlan's containers are in the network that its parent is in.
  if (!is_bridge) return taken;
  kernel::NetlinkSocket socket = TRY(kernel::NetlinkSocket::open(NETLINK_ROUTE));
  for (const kernel::NetDevice& device : TRY(kernel::list_devices(socket))) {
    for (const kernel::NetAddress& address :
         TRY(kernel::permanent_addresses(socket, device.index))) {
      const std::string& bytes = address.local.empty() ? address.peer : address.local;
      const Result<IpAddress> found = IpAddress::from_bytes(bytes);
      if (found) taken.push_back({.address = *found, .length = address.prefix});
    }
  }
  return taken;
}

Result<record::Network> make_locked(const Places& places, record::Network wish, bool v6) {
  const std::vector<record::Network> others = TRY(list_networks(places));
  for (const record::Network& other : others) {
    if (other.name != wish.name) continue;
    return fail(ErrorKind::Conflict,
                format("there is a network {} already", quoted(wish.name)),
                format("choose another name, or remove it: isle network rm {}", wish.name));
  }
  wish.id = TRY(random_hex());
  wish.created = std::time(nullptr);
  TRY(complete_network(wish, others, TRY(taken_ranges(others, wish.driver == "bridge")), v6));
  TRY(replace_network(places, wish));
  return wish;
}

Result<record::Network> default_network(const Places& places) {
  record::Network wish;
  wish.name = kDefaultNetwork;
  wish.no_names = true;
  Result<record::Network> made = create_network(places, wish, false);
  if (made || made.error().kind != ErrorKind::Conflict) return made;
  return load(file_of(places, kDefaultNetwork));  // somebody was faster
}

bool means_default(std::string_view name) {
  return name == kDefaultNetwork || name == "podman" || name == "default";
}

}  // namespace

Result<void> check_network_name(std::string_view name) {
  bool valid = !name.empty() && name.size() <= 128 && name[0] != '.' && name[0] != '-';
  for (const char c : name) {
    valid = valid && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == '-');
  }
  constexpr std::array<std::string_view, 8> kModes = {
      "none", "host", "private", "container", "ns", "slirp4netns", "pasta", "default"};
  if (valid && std::ranges::find(kModes, name) == kModes.end()) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{} cannot be a network's name", quoted(name)),
              "use letters, digits, \"_\", \".\" and \"-\", and none of the words for modes such "
              "as host and none");
}

Result<std::vector<record::Network>> list_networks(const Places& places,
                                                   std::vector<Error>* broken) {
  std::vector<record::Network> networks;
  for (const std::string& name : leases_in(places.networks)) {
    if (!name.ends_with(kSuffix)) continue;
    Result<record::Network> network = load(places.networks / name);
    if (network) {
      networks.push_back(std::move(*network));
    } else if (broken != nullptr) {
      broken->push_back(std::move(network).error());
    }
  }
  std::ranges::sort(networks, {}, &record::Network::name);
  return networks;
}

Result<bool> has_network(const Places& places, std::string_view name) {
  if (means_default(name)) return true;
  const Result<record::Network> found = find_network(places, name);
  if (found) return true;
  if (found.error().kind == ErrorKind::NotFound) return false;
  return std::unexpected(found.error());
}

Result<record::Network> find_network(const Places& places, std::string_view name) {
  if (check_network_name(name)) {
    Result<record::Network> network = load(file_of(places, name));
    if (network || network.error().kind != ErrorKind::NotFound) return network;
  }
  if (means_default(name)) {
    Result<record::Network> network = load(file_of(places, kDefaultNetwork));
    if (network || network.error().kind != ErrorKind::NotFound) return network;
    return default_network(places);
  }
  std::vector<record::Network> found;
  for (record::Network& network : TRY(list_networks(places))) {
    if (name.size() >= 2 && network.id.starts_with(name)) found.push_back(std::move(network));
  }
  if (found.size() == 1) return std::move(found[0]);
  if (found.size() > 1) {
    return fail(ErrorKind::Conflict,
                format("{} networks have an id that begins with {}", found.size(), quoted(name)),
                "give more digits");
  }
  return fail(ErrorKind::NotFound,
              format("there is no network {}", quoted(name)),
              format("isle network ls lists them, isle network create {} makes it", name));
}

Result<record::Network> create_network(const Places& places, record::Network wish, bool v6) {
  TRY(check_network_name(wish.name));
  const kernel::UniqueFd lock = TRY(lock_networks(places));
  return make_locked(places, std::move(wish), v6);
}

Result<void> replace_network(const Places& places, const record::Network& network) {
  const std::string text = json::write_pretty(record::network_json(network)) + "\n";
  return kernel::replace_file(file_of(places, network.name), text, 0600, true);
}

Result<void> remove_network(const Places& places, const record::Network& network) {
  const kernel::UniqueFd lock = TRY(lock_networks(places));
  if (unlink(file_of(places, network.name).c_str()) != 0 && errno != ENOENT) {
    return fail_call(errno, format("unlink({})", file_of(places, network.name).str()));
  }
  const HostPath leases = places.leases(network.name);
  for (const std::string& name : leases_in(leases)) unlink((leases / name).c_str());
  for (const char* hint : {".next4", ".next6"}) unlink((leases / hint).c_str());
  rmdir(leases.c_str());
  if (network.driver != "bridge") {
    const auto others = TRY(list_networks(places));
    const bool is_used = std::ranges::any_of(others, [&](const record::Network& other) {
      return other.name != network.name && other.device == network.device;
    });
    return is_used ? Result<void>() : remove_parent(network.device);
  }
  record::Attachment bridge{.driver = network.driver,
                            .host_device = network.device,
                            .internal = network.internal,
                            .open = network.open,
                            .masquerade = !network.no_masquerade,
                            .obeys_filter = network.obeys_filter};
  for (const record::Subnet& subnet : network.subnets) {
    if (subnet.gateway.empty()) continue;
    const IpRange range = TRY(IpRange::parse(subnet.subnet));
    bridge.bridge_addresses.push_back(format("{}/{}", subnet.gateway, range.length));
  }
  return remove_bridge(bridge);
}

}  // namespace isle::network
