#include "network/foreign.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>

#include "base/strings.h"
#include "kernel/fd.h"
#include "network/dns_client.h"
#include "network/ports.h"
#include "network/unwire.h"
#include "network/wire.h"

namespace isle::network {

namespace {

// One at a time: whether somebody is the last on a bridge has to stay true.
Result<kernel::UniqueFd> lock_foreign(const Places& places, const std::string& holder) {
  TRY(make_lease_directories(places.run / holder.substr(0, holder.rfind('/'))));
  kernel::UniqueFd lock =
      TRY(kernel::open_file(places.run / ".foreign", O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  while (flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail_call(errno, "flock(networks/.foreign)");
  }
  return lock;
}

HostPath bridge_directory(const Places& places, const record::Attachment& attachment) {
  return places.run / ".bridges" / attachment.host_device;
}

// A holder's name as that of a file.
std::string flat(std::string holder) {
  std::ranges::replace(holder, '/', '@');
  return holder;
}

Result<void> keep(const Places& places, const record::Wiring& wiring) {
  return kernel::replace_file(
      places.run / wiring.container, record::write_wiring(wiring), 0600, false);
}

// A default route of each family: that of the first device that has one.
void leave_one_gateway(const record::Wiring& wiring, record::Attachment& attachment) {
  std::erase_if(attachment.gateways, [&](const std::string& gateway) {
    const bool v6 = gateway.find(':') != std::string::npos;
    return std::ranges::any_of(wiring.attachments, [&](const record::Attachment& other) {
      return std::ranges::any_of(other.gateways, [&](const std::string& theirs) {
        return (theirs.find(':') != std::string::npos) == v6;
      });
    });
  });
}

// The first bridge that ports can lead to.
oci::Strings published_addresses(const std::vector<record::Attachment>& attachments) {
  oci::Strings addresses;
  for (const record::Attachment& attachment : attachments) {
    if (attachment.driver != "bridge" || attachment.internal || !addresses.empty()) continue;
    for (const std::string& address : attachment.addresses) {
      addresses.emplace_back(cut(address, '/').before);
    }
  }
  return addresses;
}

Result<void> take_foreign_ports(const Places& places,
                                const ForeignRequest& request,
                                const IsAlive& is_alive,
                                record::Wiring& wiring) {
  if (request.ports.empty() || !wiring.ports.empty()) return {};
  const oci::Strings addresses = published_addresses(wiring.attachments);
  // Only internal networks: other engines have no error for it either, ports lead nowhere.
  if (addresses.empty()) return {};
  const PortTaker taker{.places = places,
                        .container = wiring.container,
                        .is_alive = is_alive,
                        .are_held = request.ports_are_held};
  for (const record::PortWish& wish : request.ports) {
    for (record::PublishedPort& port : TRY(take_ports(taker, wish, addresses, wiring.leases))) {
      wiring.ports.push_back(std::move(port));
    }
  }
  return {};
}

// The wiring with what is asked for; nothing is made yet but leases.
Result<void> resolve_foreign(const Places& places,
                             const ForeignRequest& request,
                             const IsAlive& is_alive,
                             record::Wiring& wiring) {
  for (record::Attachment attachment : request.attachments) {
    leave_one_gateway(wiring, attachment);
    if (attachment.driver == "bridge") {
      const HostPath lease = bridge_directory(places, attachment) / flat(wiring.container);
      TRY(take_lease(lease, wiring.container));
      wiring.leases.push_back(lease.str());
    }
    if (attachment.serves_names) wiring.name_server = (places.run / ".dns").str();
    wiring.attachments.push_back(std::move(attachment));
  }
  if (!request.upstream.empty()) wiring.upstream = request.upstream;
  return take_foreign_ports(places, request, is_alive, wiring);
}

Result<void> make(const ForeignRequest& request,
                  const record::Wiring& wiring,
                  bool names_served,
                  int space) {
  for (const record::Attachment& wanted : request.attachments) {
    const auto attachment =
        std::ranges::find(wiring.attachments, wanted.device, &record::Attachment::device);
    TRY(provide_host_device(*attachment));
    TRY(connect(*attachment, space));
  }
  TRY(publish(wiring));
  if (wiring.name_server.empty()) return {};
  if (!names_served) return keep_serving_names(wiring, space);
  update_names(wiring);
  return {};
}

bool leads_to(const record::PublishedPort& port, const record::Attachment& attachment) {
  return std::ranges::any_of(attachment.addresses, [&](const std::string& address) {
    return cut(address, '/').before == port.container_ip;
  });
}

// Takes `gone` out of the wiring; what is to be given back is the result.
record::Wiring split_off(const Places& places,
                         record::Wiring& wiring,
                         const std::vector<record::Attachment>& gone) {
  record::Wiring part;
  part.container = wiring.container;
  std::set<std::string> leases;
  for (const record::Attachment& attachment : gone) {
    leases.insert((bridge_directory(places, attachment) / flat(wiring.container)).str());
    std::erase_if(wiring.attachments, [&](const record::Attachment& other) {
      return other.device == attachment.device;
    });
    std::erase_if(wiring.ports, [&](const record::PublishedPort& port) {
      const bool is_its = leads_to(port, attachment);
      if (is_its) part.ports.push_back(port);
      return is_its;
    });
  }
  const bool without_ports = wiring.ports.empty();
  const std::string ports = places.ports().str() + "/";
  std::erase_if(wiring.leases, [&](const std::string& lease) {
    const bool goes = wiring.attachments.empty() || leases.contains(lease) ||
                      (without_ports && lease.starts_with(ports));
    if (goes) part.leases.push_back(lease);
    return goes;
  });
  part.attachments = gone;
  return part;
}

// Bridges that nobody is on any more go, too.
Result<void> take_apart(const Places& places, record::Wiring part, int space, bool stays) {
  Unwiring wanted{
      .part = std::move(part), .bridges = {}, .devices = {}, .space = space, .at_once = stays};
  wanted.devices = wanted.part.attachments;
  for (const record::Attachment& attachment : wanted.devices) {
    if (attachment.driver != "bridge") continue;
    const HostPath directory = bridge_directory(places, attachment);
    drop_lease(directory / flat(wanted.part.container), wanted.part.container);
    // One that is gone already was removed by a tear-down that died before it came to the device.
    if (rmdir(directory.c_str()) == 0 || errno == ENOENT) wanted.bridges.push_back(attachment);
  }
  return unwire(wanted);
}

// Who died before its wiring was written had taken leases, and made nothing yet.
void drop_leases_of(const Places& places, const std::string& holder) {
  for (const std::string& bridge : leases_in(places.run / ".bridges")) {
    const HostPath directory = places.run / ".bridges" / bridge;
    drop_lease(directory / flat(holder), holder);
    rmdir(directory.c_str());  // unless others are on it
  }
  for (const std::string& port : leases_in(places.ports())) {
    drop_dead_leases(places.ports() / port,
                     [&](const std::string& other) { return other != holder; });
  }
}

}  // namespace

bool is_foreign(std::string_view holder) { return holder.starts_with('.'); }

bool foreign_exists(const Places& places, std::string_view holder) {
  return access((places.run / holder).c_str(), F_OK) == 0;
}

Result<std::optional<record::Wiring>> foreign_wiring(const Places& places,
                                                     std::string_view holder) {
  const HostPath file = places.run / holder;
  const kernel::UniqueFd fd = TRY(kernel::open_if_exists(file, O_RDONLY | O_NOFOLLOW));
  if (!fd) return std::optional<record::Wiring>();
  const std::string text = TRY(kernel::read_all(fd.get()));
  return std::optional(TRY_STEP(record::read_wiring(text), "read " + file.str()));
}

std::vector<std::string> foreign_holders(const Places& places, const std::string& directory) {
  std::vector<std::string> holders;
  for (const std::string& name : leases_in(places.run / directory)) {
    holders.push_back(format("{}/{}", directory, name));
  }
  return holders;
}

std::vector<record::Wiring> foreign_wirings(const Places& places) {
  std::vector<std::string> holders = foreign_holders(places, ".podman");
  for (const std::string& network : leases_in(places.run / ".cni")) {
    const auto more = foreign_holders(places, ".cni/" + network);
    holders.insert(holders.end(), more.begin(), more.end());
  }
  std::vector<record::Wiring> wirings;
  for (const std::string& holder : holders) {
    auto wiring = foreign_wiring(places, holder);
    if (wiring && *wiring) wirings.push_back(**std::move(wiring));
  }
  return wirings;
}

std::string foreign_host_end(std::string_view mark,
                             std::string_view holder,
                             std::string_view device) {
  // FNV-1a, 64 bits: two of a host's thousands do not meet, and if, the kernel refuses the second.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::string_view part : {holder, std::string_view("\n"), device}) {
    for (const char byte : part) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
  }
  return format("{}{:012x}", mark, hash & 0xffffffffffff);
}

Result<record::Wiring> set_up_foreign(const Places& places,
                                      const ForeignRequest& request,
                                      int space,
                                      const IsAlive& is_alive) {
  const kernel::UniqueFd lock = TRY(lock_foreign(places, request.holder));
  record::Wiring before = TRY(foreign_wiring(places, request.holder)).value_or(record::Wiring{});
  before.container = request.holder;
  record::Wiring wiring = before;
  wiring.leases.insert(wiring.leases.end(), request.leases.begin(), request.leases.end());
  const auto all = [&]() -> Result<void> {
    TRY(resolve_foreign(places, request, is_alive, wiring));
    // From here on a tear-down finds what there is.
    TRY(keep(places, wiring));
    return make(request, wiring, !before.name_server.empty(), space);
  };
  Result<void> made = all();
  if (made) return wiring;
  record::Wiring part = split_off(places, wiring, request.attachments);
  for (const std::string& lease : request.leases) part.leases.push_back(lease);
  static_cast<void>(take_apart(places, std::move(part), space, true));
  if (before.attachments.empty()) {
    forget_names(wiring);
    unlink((places.run / request.holder).c_str());
  } else {
    static_cast<void>(keep(places, before));
  }
  return std::unexpected(std::move(made).error());
}

Result<void> tear_down_foreign(const Places& places,
                               const std::string& holder,
                               const oci::Strings& networks,
                               int space) {
  const kernel::UniqueFd lock = TRY(lock_foreign(places, holder));
  std::optional<record::Wiring> wiring = TRY(foreign_wiring(places, holder));
  if (!wiring) {
    drop_leases_of(places, holder);
    return {};
  }
  std::vector<record::Attachment> gone;
  for (const record::Attachment& attachment : wiring->attachments) {
    const bool named = std::ranges::find(networks, attachment.network) != networks.end();
    if (networks.empty() || named) gone.push_back(attachment);
  }
  record::Wiring part = split_off(places, *wiring, gone);
  const bool stays = !wiring->attachments.empty();
  Result<void> result = take_apart(places, std::move(part), space, stays);
  if (stays) {
    update_names(*wiring);
    return result ? keep(places, *wiring) : result;
  }
  forget_names(*wiring);
  unlink((places.run / holder).c_str());
  return result;
}

Result<void> change_foreign_servers(const Places& places,
                                    const std::string& network,
                                    const oci::Strings& servers) {
  const kernel::UniqueFd lock = TRY(lock_foreign(places, ".podman/"));
  for (record::Wiring& wiring : foreign_wirings(places)) {
    const bool is_in = std::ranges::any_of(
        wiring.attachments,
        [&](const record::Attachment& attachment) { return attachment.network == network; });
    if (!is_in || !wiring.container.starts_with(".podman/")) continue;
    wiring.upstream = servers;
    TRY(keep(places, wiring));
    update_names(wiring);
  }
  return {};
}

}  // namespace isle::network
