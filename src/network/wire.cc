#include "network/wire.h"

#include <linux/netlink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/ip_address.h"
#include "base/strings.h"
#include "kernel/netlink_device.h"
#include "kernel/netlink_link.h"
#include "kernel/netlink_traffic.h"
#include "kernel/nft.h"
#include "network/firewall.h"
#include "network/host_filter.h"
#include "network/parent.h"

namespace isle::network {

namespace {

using kernel::NetlinkRequest;
using kernel::NetlinkSocket;

Result<void> set_sysctl(const std::string& name, std::string_view value) {
  const HostPath path("/proc/sys/net/" + name);
  const Result<std::string> now = kernel::read_file(path, 64);
  if (now && trim(*now) == value) return {};
  return kernel::write_existing(path, value);
}

bool has_v6(const oci::Strings& addresses) {
  for (const std::string& address : addresses) {
    if (address.find(':') != std::string::npos) return true;
  }
  return false;
}

// IPv6 stays away from where it was not asked for: each port of a bridge would announce itself to
// all others, and the thousandth cost six times the first. A kernel without IPv6 refuses to be
// told.
std::vector<NetlinkRequest> without_v6(const std::string& device, const oci::Strings& addresses) {
  std::vector<NetlinkRequest> requests;
  if (!has_v6(addresses) && access("/proc/net/if_inet6", F_OK) == 0) {
    requests.push_back(kernel::without_link_local(device));
  }
  return requests;
}

Result<void> unless_there(Result<void> result) {
  if (!result && result.error().errnum == EEXIST) return {};
  return result;
}

// Packets between the bridge and the rest of the host.
Result<void> let_forward(const record::Attachment& attachment) {
  if (!attachment.internal) TRY(set_sysctl("ipv4/ip_forward", "1"));
  if (has_v6(attachment.bridge_addresses)) {
    TRY(set_sysctl("ipv6/conf/all/forwarding", "1"));
  }
  TRY(set_sysctl(format("ipv4/conf/{}/route_localnet", attachment.host_device), "1"));
  return {};
}

// Of the first address, so that a bridge that is made anew is known to those on it; another host's
// differs unless its address is the same, too. None without an address.
Result<std::string> bridge_mac(const record::Attachment& attachment) {
  if (attachment.bridge_addresses.empty()) return std::string();
  const IpRange range = TRY(IpRange::parse(attachment.bridge_addresses.front()));
  std::string mac("\x02\x42\0\0\0\0", 6);
  std::size_t at = 2;
  for (const char byte : range.address.bytes()) {
    mac[at] = static_cast<char>(mac[at] ^ byte);
    at = at == 5 ? 2 : at + 1;
  }
  return mac;
}

Result<void> make_bridge(NetlinkSocket& socket, const record::Attachment& attachment) {
  const std::string& name = attachment.host_device;
  const std::string mac = TRY(bridge_mac(attachment));
  TRY(unless_there(socket.send_all({kernel::new_bridge(name, mac, attachment.mtu)})));
  const std::optional<int> index = TRY(kernel::link_index(socket, name));
  if (!index) return fail(ErrorKind::NotFound, format("bridge {} is gone again", quoted(name)));
  for (const std::string& address : attachment.bridge_addresses) {
    TRY(unless_there(socket.send_all({kernel::new_address(*index, TRY(IpRange::parse(address)))})));
  }
  TRY(let_forward(attachment));
  if (!attachment.obeys_filter) TRY(pass_legacy_filter());
  std::vector<NetlinkRequest> requests = without_v6(name, attachment.bridge_addresses);
  requests.push_back(kernel::set_up(name));
  return socket.send_all(std::move(requests));
}

Error explain(Error error, const record::Attachment& attachment) {
  if (error.errnum == EXFULL) {
    error.kind = ErrorKind::Unavailable;
    error.message = format("network {} is full: a bridge has room for 1023 containers",
                           quoted(attachment.network));
    return std::move(error).advise("make another network: isle network create");
  }
  const bool shut_out = error.errnum == EINVAL && attachment.driver == "macvlan";
  if ((error.errnum == EBUSY || shut_out) && attachment.driver != "bridge") {
    error.kind = ErrorKind::Conflict;
    return std::move(error).advise(
        format("{} is in use otherwise: a device is on a bridge, or has macvlans, or ipvlans, and "
               "one in mode passthru has no other",
               attachment.host_device));
  }
  if (error.errnum == EOPNOTSUPP && error.hint.empty()) {
    error.kind = ErrorKind::Unsupported;
    return std::move(error).advise(
        format("this kernel has no devices of kind {}", attachment.driver));
  }
  return error;
}

// What a namespace had that has just ended the kernel takes away behind one's back; until then its
// MAC address is in use (EADDRINUSE), and so is the parent: EBUSY, and EINVAL where the one that
// goes or the one that comes is a macvlan in mode passthru, which bears no other. Two seconds are
// enough.
template <typename Make>
Result<void> once_free(const Make& make) {
  constexpr int kTries = 400;
  constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 5'000'000};
  for (int i = 1;; ++i) {
    Result<void> made = make();
    const int number = made ? 0 : made.error().errnum;
    const bool taken = number == EADDRINUSE || number == EBUSY || number == EINVAL;
    if (!taken || i == kTries) return made;
    nanosleep(&kPause, nullptr);
  }
}

Result<void> make_on_parent(NetlinkSocket& host, const record::Attachment& attachment, int space) {
  const int parent = TRY(provide_parent(host, attachment.host_device));
  if (attachment.driver == "ipvlan") {
    return host.send_all(
        {TRY(kernel::new_ipvlan({.name = attachment.device,
                                 .mode = attachment.mode,
                                 .flag = attachment.flag.empty() ? "bridge" : attachment.flag,
                                 .parent = parent,
                                 .space = space,
                                 .mtu = attachment.mtu}))});
  }
  std::string mac;
  if (!attachment.mac.empty()) mac = TRY(kernel::parse_mac(attachment.mac));
  const NetlinkRequest request = TRY(kernel::new_macvlan({.name = attachment.device,
                                                          .mode = attachment.mode,
                                                          .mac = mac,
                                                          .parent = parent,
                                                          .space = space,
                                                          .mtu = attachment.mtu}));
  return once_free([&] { return host.send_all({request}); });
}

Result<void> make_pair(NetlinkSocket& host, const record::Attachment& attachment, int space) {
  const std::optional<int> bridge = TRY(kernel::link_index(host, attachment.host_device));
  if (!bridge) {
    return fail(ErrorKind::NotFound,
                format("the host has no network device {}", quoted(attachment.host_device)));
  }
  std::string mac;
  if (!attachment.mac.empty()) mac = TRY(kernel::parse_mac(attachment.mac));
  std::vector<NetlinkRequest> requests;
  requests.push_back(kernel::new_veth({.host_name = attachment.host_end,
                                       .peer_name = attachment.device,
                                       .peer_mac = mac,
                                       .peer_space = space,
                                       .bridge = *bridge,
                                       .mtu = attachment.mtu}));
  for (NetlinkRequest& request : without_v6(attachment.host_end, {})) {
    requests.push_back(std::move(request));
  }
  // Up comes last: of each change of a device that is up the kernel tells all routes of IPv6.
  requests.push_back(kernel::set_hairpin(attachment.host_end));
  requests.push_back(kernel::set_up(attachment.host_end));
  return host.send_all(std::move(requests));
}

// The container's ingress is what its host's end sends; its egress goes through a device whose
// queue the container cannot reach, whatever rights it has inside.
Result<void> limit_rates(NetlinkSocket& host, const record::Attachment& attachment) {
  if (attachment.ingress == 0 && attachment.egress == 0) return {};
  const std::string& name = attachment.host_end;
  const std::optional<int> end = TRY(kernel::link_index(host, name));
  if (!end) return fail(ErrorKind::NotFound, format("the device {} is gone again", name));
  if (attachment.ingress != 0) {
    TRY(host.send_all(
        {kernel::limit_sending(name, *end, attachment.ingress, attachment.ingress_burst)}));
  }
  if (attachment.egress == 0) return {};
  TRY(unless_there(host.send_all({kernel::new_ifb(attachment.limiter)})));
  const std::optional<int> ifb = TRY(kernel::link_index(host, attachment.limiter));
  if (!ifb) return fail(ErrorKind::NotFound, format("{} is gone again", attachment.limiter));
  return host.send_all(
      {kernel::limit_sending(attachment.limiter, *ifb, attachment.egress, attachment.egress_burst),
       kernel::receive_queue(name, *end),
       kernel::send_received_by(name, *end, *ifb)});
}

Result<void> settle_inside(NetlinkSocket& inside, const record::Attachment& attachment) {
  const std::optional<int> index = TRY(kernel::link_index(inside, attachment.device));
  if (!index) {
    return fail(ErrorKind::NotFound,
                format("the network device {} did not arrive inside", quoted(attachment.device)));
  }
  std::vector<NetlinkRequest> requests = without_v6(attachment.device, attachment.addresses);
  requests.push_back(kernel::set_up("lo"));  // isle-dns is to answer there before init is awake
  for (const std::string& address : attachment.addresses) {
    requests.push_back(kernel::new_address(*index, TRY(IpRange::parse(address))));
  }
  if (attachment.driver == "bridge") {
    requests.push_back(kernel::set_up(attachment.device));
  } else {
    TRY(inside.send_all(std::exchange(requests, {})));
    TRY(once_free([&] { return inside.send_all({kernel::set_up(attachment.device)}); }));
  }
  for (const std::string& gateway : attachment.gateways) {
    requests.push_back(kernel::new_route({}, TRY(IpAddress::parse(gateway)), *index, 0));
  }
  for (const record::NetworkRoute& route : attachment.routes) {
    requests.push_back(kernel::new_route(TRY(IpRange::parse(route.destination)),
                                         TRY(IpAddress::parse(route.gateway)),
                                         *index,
                                         route.metric));
  }
  return inside.send_all(std::move(requests));
}

}  // namespace

Result<void> provide_host_device(const record::Attachment& attachment) {
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  if (attachment.driver != "bridge") {
    TRY(provide_parent(host, attachment.host_device));
    return {};
  }
  if (TRY(kernel::link_is_up(host, attachment.host_device))) return {};
  return make_bridge(host, attachment);
}

Result<void> connect(const record::Attachment& attachment, int space) {
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  Result<void> made = attachment.driver == "bridge" ? make_pair(host, attachment, space)
                                                    : make_on_parent(host, attachment, space);
  if (!made) return std::unexpected(explain(std::move(made).error(), attachment));
  Result<void> limited = limit_rates(host, attachment);
  if (!limited) {
    return std::unexpected(std::move(limited).error().advise(
        "a limit needs the kernel's sch_tbf; egress= also ifb, cls_u32 and act_mirred"));
  }
  NetlinkSocket inside = TRY(NetlinkSocket::open_in(space, NETLINK_ROUTE));
  return settle_inside(inside, attachment);
}

Result<void> publish(const record::Wiring& wiring) {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_NETFILTER));
  TRY(open_firewall(socket, wiring));
  const bool passes = std::ranges::any_of(wiring.attachments, [](const auto& attachment) {
    return attachment.driver == "bridge" && !attachment.obeys_filter;
  });
  if (passes) TRY(pass_host_filter(socket));
  return {};
}

Result<void> repair(const record::Wiring& wiring) {
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  for (const record::Attachment& attachment : wiring.attachments) {
    if (attachment.driver != "bridge") continue;
    TRY(provide_host_device(attachment));
    if (!attachment.obeys_filter) TRY(pass_legacy_filter());
    const std::optional<int> bridge = TRY(kernel::link_index(host, attachment.host_device));
    if (bridge) TRY(host.send_all({kernel::set_master(attachment.host_end, *bridge)}));
    TRY(host.send_all({kernel::set_hairpin(attachment.host_end)}));
  }
  return publish(wiring);
}

namespace {

std::unexpected<Error> missing(const std::string& what) {
  return fail(ErrorKind::NotFound, format("{} is gone", what));
}

Result<void> check_inside(NetlinkSocket& inside, const record::Attachment& attachment) {
  const std::optional<int> index = TRY(kernel::link_index(inside, attachment.device));
  if (!index) return missing(format("the device {}", attachment.device));
  const auto present = TRY(kernel::permanent_addresses(inside, *index));
  for (const std::string& text : attachment.addresses) {
    const IpAddress address = TRY(IpRange::parse(text)).address;
    const bool there = std::ranges::any_of(
        present, [&](const kernel::NetAddress& other) { return other.local == address.bytes(); });
    // IPv6 has no IFA_LOCAL: its own address stands where IPv4 has the peer's.
    const bool there6 = std::ranges::any_of(
        present, [&](const kernel::NetAddress& other) { return other.peer == address.bytes(); });
    if (!there && !there6) return missing(format("{} of {}", text, attachment.device));
  }
  return {};
}

}  // namespace

Result<void> check_wired(const record::Wiring& wiring, int space) {
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  NetlinkSocket inside = TRY(NetlinkSocket::open_in(space, NETLINK_ROUTE));
  for (const record::Attachment& attachment : wiring.attachments) {
    TRY(check_inside(inside, attachment));
    for (const std::string& device : {attachment.host_device, attachment.host_end}) {
      if (device.empty() || TRY(kernel::link_is_up(host, device))) continue;
      return missing(format("the device {}", device));
    }
  }
  NetlinkSocket firewall = TRY(NetlinkSocket::open(NETLINK_NETFILTER));
  if (TRY(kernel::nft_has_table(firewall, kTable))) return {};
  return missing("the firewall's table");
}

}  // namespace isle::network
