#include "kernel/netlink_link.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>

#include "base/strings.h"

namespace isle::kernel {

namespace {

constexpr std::uint16_t kMake = NLM_F_CREATE | NLM_F_EXCL;
constexpr std::uint8_t kAddrGenNone = 1;  // IN6_ADDR_GEN_MODE_NONE
constexpr std::size_t kMacBytes = 6;

NetlinkMessage link_message(std::uint16_t type, std::uint16_t flags, unsigned up) {
  NetlinkMessage message(type, flags);
  ifinfomsg info{};
  info.ifi_flags = up;
  info.ifi_change = up;
  message.body(info);
  return message;
}

template <typename Fill>
void put_kind(NetlinkMessage& message, const char* kind, Fill fill) {
  message.nest(IFLA_LINKINFO, [&] {
    message.put(IFLA_INFO_KIND, kind);
    message.nest(IFLA_INFO_DATA, fill);
  });
}

void put_common(NetlinkMessage& message,
                const std::string& name,
                const std::string& mac,
                std::uint32_t mtu) {
  message.put_text(IFLA_IFNAME, name);
  if (!mac.empty()) message.put(IFLA_ADDRESS, mac);
  if (mtu != 0) message.put_number(IFLA_MTU, mtu);
}

}  // namespace

Result<std::string> parse_mac(std::string_view text) {
  const auto parts = split(text, ':');
  std::string bytes;
  for (const std::string_view part : parts) {
    const auto byte = parse_uint(part, "byte", 16);
    if (part.size() == 2 && byte) bytes += static_cast<char>(*byte);
  }
  const bool whole = parts.size() == kMacBytes && bytes.size() == kMacBytes;
  if (whole && (static_cast<unsigned char>(bytes[0]) & 1U) == 0 &&
      bytes != std::string(kMacBytes, '\0')) {
    return bytes;
  }
  return fail(ErrorKind::InvalidArgument,
              format("{} is no address of a network card", quoted(text)),
              "write it like 02:42:0a:57:00:02; the lowest bit of the first byte is 0");
}

std::string mac_text(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (!text.empty()) text += ':';
    text += format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

NetlinkRequest new_bridge(const std::string& name, const std::string& mac, std::uint32_t mtu) {
  NetlinkMessage message = link_message(RTM_NEWLINK, kMake, 0);
  put_common(message, name, mac, mtu);
  put_kind(message, "bridge", [&] { message.put_value(IFLA_BR_MCAST_SNOOPING, std::uint8_t{0}); });
  return {.message = std::move(message), .what = format("RTM_NEWLINK(bridge {})", name)};
}

NetlinkRequest new_veth(const VethPair& pair) {
  NetlinkMessage message = link_message(RTM_NEWLINK, kMake, 0);
  put_common(message, pair.host_name, {}, pair.mtu);
  if (pair.bridge != 0) message.put_number(IFLA_MASTER, static_cast<std::uint32_t>(pair.bridge));
  put_kind(message, "veth", [&] {
    message.nest(VETH_INFO_PEER, [&] {
      message.body(ifinfomsg{});
      put_common(message, pair.peer_name, pair.peer_mac, pair.mtu);
      message.put_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(pair.peer_space));
    });
  });
  return {.message = std::move(message),
          .what = format("RTM_NEWLINK(veth {}, peer {})", pair.host_name, pair.peer_name)};
}

namespace {

struct Choice {
  const char* name;
  std::uint32_t value;
};

Result<std::uint32_t> chosen(std::span<const Choice> choices,
                             const std::string& name,
                             const char* what) {
  std::string names;
  for (const Choice& choice : choices) {
    if (name == choice.name) return choice.value;
    names += format("{}{}", names.empty() ? "" : ", ", choice.name);
  }
  return fail(ErrorKind::InvalidArgument,
              format("{} is no {}", quoted(name), what),
              format("there are {}", names));
}

}  // namespace

Result<NetlinkRequest> new_macvlan(const Macvlan& wanted) {
  constexpr std::array<Choice, 4> kModes = {{{"bridge", MACVLAN_MODE_BRIDGE},
                                             {"private", MACVLAN_MODE_PRIVATE},
                                             {"vepa", MACVLAN_MODE_VEPA},
                                             {"passthru", MACVLAN_MODE_PASSTHRU}}};
  const std::uint32_t mode = TRY(chosen(kModes, wanted.mode, "mode of a macvlan"));
  NetlinkMessage message = link_message(RTM_NEWLINK, kMake, 0);
  put_common(message, wanted.name, wanted.mac, wanted.mtu);
  message.put_number(IFLA_LINK, static_cast<std::uint32_t>(wanted.parent));
  message.put_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(wanted.space));
  put_kind(message, "macvlan", [&] { message.put_number(IFLA_MACVLAN_MODE, mode); });
  return NetlinkRequest{.message = std::move(message),
                        .what = format("RTM_NEWLINK(macvlan {})", wanted.name)};
}

Result<NetlinkRequest> new_ipvlan(const Ipvlan& wanted) {
  constexpr std::array<Choice, 3> kModes = {
      {{"l2", IPVLAN_MODE_L2}, {"l3", IPVLAN_MODE_L3}, {"l3s", IPVLAN_MODE_L3S}}};
  constexpr std::array<Choice, 3> kFlags = {
      {{"bridge", 0}, {"private", IPVLAN_F_PRIVATE}, {"vepa", IPVLAN_F_VEPA}}};
  const std::uint32_t mode = TRY(chosen(kModes, wanted.mode, "mode of an ipvlan"));
  const std::uint32_t flag = TRY(chosen(kFlags, wanted.flag, "flag of an ipvlan"));
  NetlinkMessage message = link_message(RTM_NEWLINK, kMake, 0);
  put_common(message, wanted.name, {}, wanted.mtu);
  message.put_number(IFLA_LINK, static_cast<std::uint32_t>(wanted.parent));
  message.put_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(wanted.space));
  put_kind(message, "ipvlan", [&] {
    message.put_value(IFLA_IPVLAN_MODE, static_cast<std::uint16_t>(mode));
    if (flag != 0) message.put_value(IFLA_IPVLAN_FLAGS, static_cast<std::uint16_t>(flag));
  });
  return NetlinkRequest{.message = std::move(message),
                        .what = format("RTM_NEWLINK(ipvlan {})", wanted.name)};
}

NetlinkRequest new_vlan(const std::string& name, int parent, std::uint16_t id) {
  NetlinkMessage message = link_message(RTM_NEWLINK, kMake, 0);
  put_common(message, name, {}, 0);
  message.put_number(IFLA_LINK, static_cast<std::uint32_t>(parent));
  put_kind(message, "vlan", [&] { message.put_value(IFLA_VLAN_ID, id); });
  return {.message = std::move(message), .what = format("RTM_NEWLINK(vlan {})", name)};
}

NetlinkRequest set_alias(const std::string& name, const std::string& alias) {
  NetlinkMessage message = link_message(RTM_SETLINK, 0, 0);
  message.put_text(IFLA_IFNAME, name);
  message.put(IFLA_IFALIAS, alias);
  return {.message = std::move(message), .what = format("RTM_SETLINK({}, IFLA_IFALIAS)", name)};
}

NetlinkRequest without_link_local(const std::string& name) {
  NetlinkMessage message = link_message(RTM_SETLINK, 0, 0);
  message.put_text(IFLA_IFNAME, name);
  message.nest(IFLA_AF_SPEC, [&] {
    message.nest(AF_INET6, [&] { message.put_value(IFLA_INET6_ADDR_GEN_MODE, kAddrGenNone); });
  });
  return {.message = std::move(message),
          .what = format("RTM_SETLINK({}, IFLA_INET6_ADDR_GEN_MODE none)", name)};
}

NetlinkRequest set_up(const std::string& name) {
  NetlinkMessage message = link_message(RTM_SETLINK, 0, IFF_UP);
  message.put_text(IFLA_IFNAME, name);
  return {.message = std::move(message), .what = format("RTM_SETLINK({}, IFF_UP)", name)};
}

NetlinkRequest set_master(const std::string& name, int bridge) {
  NetlinkMessage message = link_message(RTM_SETLINK, 0, 0);
  message.put_text(IFLA_IFNAME, name);
  message.put_number(IFLA_MASTER, static_cast<std::uint32_t>(bridge));
  return {.message = std::move(message), .what = format("RTM_SETLINK({}, IFLA_MASTER)", name)};
}

NetlinkRequest set_hairpin(const std::string& name) {
  NetlinkMessage message = link_message(RTM_NEWLINK, 0, 0);
  message.put_text(IFLA_IFNAME, name);
  message.nest(IFLA_LINKINFO, [&] {
    message.put(IFLA_INFO_SLAVE_KIND, "bridge");
    message.nest(IFLA_INFO_SLAVE_DATA,
                 [&] { message.put_value(IFLA_BRPORT_MODE, std::uint8_t{1}); });
  });
  return {.message = std::move(message), .what = format("RTM_NEWLINK({}, hairpin)", name)};
}

NetlinkRequest delete_link(const std::string& name) {
  NetlinkMessage message = link_message(RTM_DELLINK, 0, 0);
  message.put_text(IFLA_IFNAME, name);
  return {.message = std::move(message), .what = format("RTM_DELLINK({})", name)};
}

NetlinkRequest new_address(int index, const IpRange& address) {
  NetlinkMessage message(RTM_NEWADDR, kMake);
  ifaddrmsg info{};
  info.ifa_family = address.address.is_v6() ? AF_INET6 : AF_INET;
  info.ifa_prefixlen = static_cast<std::uint8_t>(address.length);
  info.ifa_index = static_cast<std::uint32_t>(index);
  message.body(info);
  message.put(IFA_LOCAL, address.address.bytes());
  message.put(IFA_ADDRESS, address.address.bytes());
  if (info.ifa_family == AF_INET && address.length < 31) {
    message.put(IFA_BROADCAST, address.last().bytes());
  }
  if (info.ifa_family == AF_INET6) message.put_number(IFA_FLAGS, IFA_F_NODAD);
  return {.message = std::move(message), .what = format("RTM_NEWADDR({})", address.str())};
}

NetlinkRequest new_route(const IpRange& destination,
                         const IpAddress& gateway,
                         int index,
                         std::uint32_t metric) {
  NetlinkMessage message(RTM_NEWROUTE, kMake);
  rtmsg info{};
  info.rtm_family = gateway.is_v6() ? AF_INET6 : AF_INET;
  info.rtm_dst_len = static_cast<std::uint8_t>(destination.length);
  info.rtm_table = RT_TABLE_MAIN;
  info.rtm_protocol = RTPROT_STATIC;
  const bool direct = gateway.is_unspecified();
  info.rtm_scope = direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  info.rtm_type = RTN_UNICAST;
  message.body(info);
  if (destination.length != 0) message.put(RTA_DST, destination.first().bytes());
  if (!direct) message.put(RTA_GATEWAY, gateway.bytes());
  message.put_number(RTA_OIF, static_cast<std::uint32_t>(index));
  if (metric != 0) message.put_number(RTA_PRIORITY, metric);
  return {
      .message = std::move(message),
      .what = format("RTM_NEWROUTE({} via {})",
                     destination.length == 0 ? std::string("default") : destination.network_str(),
                     gateway.str())};
}

namespace {
Result<std::optional<NetlinkReply>> link_reply(NetlinkSocket& socket, const std::string& name) {
  NetlinkMessage message = link_message(RTM_GETLINK, 0, 0);
  message.put_text(IFLA_IFNAME, name);
  auto replies = socket.ask(std::move(message), format("RTM_GETLINK({})", name));
  if (!replies && replies.error().errnum == ENODEV) return std::optional<NetlinkReply>();
  if (!replies) return std::unexpected(replies.error());
  for (NetlinkReply& reply : *replies) {
    if (reply.type == RTM_NEWLINK) return std::optional(std::move(reply));
  }
  return std::optional<NetlinkReply>();
}

Result<std::optional<ifinfomsg>> link_info(NetlinkSocket& socket, const std::string& name) {
  const std::optional<NetlinkReply> reply = TRY(link_reply(socket, name));
  return reply ? std::optional(reply->body<ifinfomsg>()) : std::nullopt;
}
}  // namespace

Result<std::string> alias_of(NetlinkSocket& socket, const std::string& name) {
  const std::optional<NetlinkReply> reply = TRY(link_reply(socket, name));
  const auto alias = reply ? reply->attribute(sizeof(ifinfomsg), IFLA_IFALIAS) : std::nullopt;
  return alias ? std::string(alias->substr(0, alias->find('\0'))) : std::string();
}

Result<std::optional<int>> link_index(NetlinkSocket& socket, const std::string& name) {
  const std::optional<ifinfomsg> info = TRY(link_info(socket, name));
  return info ? std::optional(info->ifi_index) : std::nullopt;
}

Result<bool> link_is_up(NetlinkSocket& socket, const std::string& name) {
  const std::optional<ifinfomsg> info = TRY(link_info(socket, name));
  return info && (info->ifi_flags & IFF_UP) != 0;
}

}  // namespace isle::kernel
