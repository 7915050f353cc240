#include "kernel/netlink_device.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>

#include "base/strings.h"

namespace isle::kernel {

namespace {

std::string text_of(std::optional<std::string_view> value) {
  if (!value) return {};
  return std::string(value->substr(0, value->find('\0')));
}

NetDevice device_of(const NetlinkReply& reply) {
  const auto info = reply.body<ifinfomsg>();
  NetDevice device{.index = info.ifi_index,
                   .name = text_of(reply.attribute(sizeof info, IFLA_IFNAME)),
                   .kind = {},
                   .up = (info.ifi_flags & IFF_UP) != 0};
  if (const auto nested = reply.attribute(sizeof info, IFLA_LINKINFO)) {
    device.kind = text_of(netlink_attribute(*nested, IFLA_INFO_KIND));
  }
  return device;
}

std::string bytes_of(std::optional<std::string_view> value) {
  return value ? std::string(*value) : std::string();
}

NetAddress address_of(const NetlinkReply& reply) {
  const auto info = reply.body<ifaddrmsg>();
  NetAddress address{.family = info.ifa_family,
                     .prefix = info.ifa_prefixlen,
                     .flags = info.ifa_flags,
                     .local = bytes_of(reply.attribute(sizeof info, IFA_LOCAL)),
                     .peer = bytes_of(reply.attribute(sizeof info, IFA_ADDRESS)),
                     .broadcast = bytes_of(reply.attribute(sizeof info, IFA_BROADCAST))};
  // The byte in the struct became too small for all flags.
  if (const auto flags = reply.attribute(sizeof info, IFA_FLAGS);
      flags && flags->size() == sizeof address.flags) {
    std::memcpy(&address.flags, flags->data(), sizeof address.flags);
  }
  return address;
}

}  // namespace

bool is_device_name(std::string_view name) {
  return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
         std::ranges::none_of(
             name,
             [](char c) {
               return c == '/' || c == ':' || c == '\0' || c == ' ' || (c >= '\t' && c <= '\r');
             });
}

Result<std::vector<NetDevice>> list_devices(NetlinkSocket& socket) {
  NetlinkMessage message(RTM_GETLINK, NLM_F_DUMP);
  message.body(ifinfomsg{});
  std::vector<NetDevice> devices;
  for (const NetlinkReply& reply : TRY(socket.ask(std::move(message), "RTM_GETLINK()"))) {
    if (reply.type == RTM_NEWLINK) devices.push_back(device_of(reply));
  }
  return devices;
}

Result<std::optional<NetDevice>> find_device(NetlinkSocket& socket, const std::string& name) {
  for (NetDevice& device : TRY(list_devices(socket))) {
    if (device.name == name) return std::optional(std::move(device));
  }
  return std::optional<NetDevice>();
}

Result<std::vector<NetAddress>> permanent_addresses(NetlinkSocket& socket, int index) {
  NetlinkMessage message(RTM_GETADDR, NLM_F_DUMP);
  message.body(ifaddrmsg{});
  std::vector<NetAddress> addresses;
  for (const NetlinkReply& reply : TRY(socket.ask(std::move(message), "RTM_GETADDR()"))) {
    const auto info = reply.body<ifaddrmsg>();
    if (reply.type != RTM_NEWADDR || static_cast<int>(info.ifa_index) != index) continue;
    NetAddress address = address_of(reply);
    if (info.ifa_scope == RT_SCOPE_UNIVERSE && (address.flags & IFA_F_PERMANENT) != 0) {
      addresses.push_back(std::move(address));
    }
  }
  return addresses;
}

Result<void> move_device(NetlinkSocket& socket, int index, int space, const std::string& name) {
  NetlinkMessage message(RTM_SETLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  message.body(info);
  message.put_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(space));
  message.put_text(IFLA_IFNAME, name);
  TRY(socket.ask(std::move(message), format("RTM_SETLINK(IFLA_NET_NS_FD, {})", name)));
  return {};
}

Result<void> add_address(NetlinkSocket& socket, int index, const NetAddress& address) {
  // What the kernel found out itself (tentative, temporary) is not to be told it.
  constexpr std::uint32_t kChosen =
      IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE;
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  ifaddrmsg info{};
  info.ifa_family = address.family;
  info.ifa_prefixlen = address.prefix;
  info.ifa_scope = RT_SCOPE_UNIVERSE;
  info.ifa_index = static_cast<std::uint32_t>(index);
  message.body(info);
  if (!address.local.empty()) message.put(IFA_LOCAL, address.local);
  if (!address.peer.empty()) message.put(IFA_ADDRESS, address.peer);
  if (!address.broadcast.empty()) message.put(IFA_BROADCAST, address.broadcast);
  message.put_number(IFA_FLAGS, address.flags & kChosen);
  TRY(socket.ask(std::move(message), "RTM_NEWADDR()"));
  return {};
}

Result<void> bring_up(NetlinkSocket& socket, int index) {
  NetlinkMessage message(RTM_SETLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  message.body(info);
  TRY(socket.ask(std::move(message), "RTM_SETLINK(IFF_UP)"));
  return {};
}

}  // namespace isle::kernel
