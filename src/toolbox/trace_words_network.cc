// What is said to the network: messages on netlink(7) sockets, which make devices, addresses,
// routes and rules of the firewall. Questions are not told.
#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/strings.h"
#include "toolbox/trace_words.h"

namespace isle::toolbox {

namespace {

std::optional<CallWords> said(std::string call) {
  return CallWords{.call = std::move(call), .about = "network"};
}

// Protocols of netlink whose messages set something up.
constexpr const char* kRoute = "netlink route";
constexpr const char* kFilter = "netlink netfilter";

const char* route_name(std::uint16_t type) {
  switch (type) {
    case RTM_NEWLINK: return "RTM_NEWLINK";
    case RTM_SETLINK: return "RTM_SETLINK";
    case RTM_DELLINK: return "RTM_DELLINK";
    case RTM_NEWADDR: return "RTM_NEWADDR";
    case RTM_NEWROUTE: return "RTM_NEWROUTE";
    case RTM_NEWNEIGH: return "RTM_NEWNEIGH";
    case RTM_NEWQDISC: return "RTM_NEWQDISC";
    default: return nullptr;  // questions
  }
}

// Of <linux/netfilter/nf_tables.h>, in the order of their numbers.
const char* filter_name(std::uint16_t type) {
  if (type >> 8 != 10) return nullptr;  // NFNL_SUBSYS_NFTABLES
  switch (type & 0xff) {
    case 0: return "NEWTABLE";
    case 2: return "DELTABLE";
    case 3: return "NEWCHAIN";
    case 6: return "NEWRULE";
    case 9: return "NEWSET";
    case 12: return "NEWSETELEM";
    case 14: return "DELSETELEM";
    default: return nullptr;
  }
}

// The device's name and kind in the attributes of an RTM_NEWLINK.
std::string link_words(std::string_view attributes) {
  std::string words;
  while (attributes.size() >= sizeof(rtattr)) {
    rtattr head{};
    std::memcpy(&head, attributes.data(), sizeof head);
    if (head.rta_len < sizeof head || head.rta_len > attributes.size()) break;
    const std::string_view value = attributes.substr(sizeof head, head.rta_len - sizeof head);
    if (head.rta_type == IFLA_IFNAME) {
      words += format(" {}", value.substr(0, value.find('\0')));
    } else if ((head.rta_type & NLA_TYPE_MASK) == IFLA_LINKINFO && value.size() > sizeof head) {
      const std::string_view kind = value.substr(sizeof head);
      words += format(" {}", kind.substr(0, std::min(kind.find('\0'), kind.size())));
    }
    attributes.remove_prefix(std::min<std::size_t>(RTA_ALIGN(head.rta_len), attributes.size()));
  }
  return words;
}

std::optional<CallWords> words_of_messages(std::string_view messages, bool is_route) {
  std::map<std::string, unsigned> counts;
  while (messages.size() >= sizeof(nlmsghdr)) {
    nlmsghdr head{};
    std::memcpy(&head, messages.data(), sizeof head);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > messages.size()) break;
    const char* name = is_route ? route_name(head.nlmsg_type) : filter_name(head.nlmsg_type);
    constexpr std::size_t kBody = sizeof head + sizeof(ifinfomsg);
    const bool is_link = is_route && name != nullptr && head.nlmsg_len > kBody &&
                         (head.nlmsg_type == RTM_NEWLINK || head.nlmsg_type == RTM_SETLINK);
    if (name != nullptr) {
      ++counts[name + (is_link ? link_words(messages.substr(kBody, head.nlmsg_len - kBody))
                               : std::string())];
    }
    messages.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), messages.size()));
  }
  if (counts.empty()) return std::nullopt;
  std::vector<std::string> words;
  words.reserve(counts.size());
  for (const auto& [name, count] : counts) {
    words.push_back(count == 1 ? name : format("{} {}", count, name));
  }
  return said(format("{}({})", is_route ? "rtnetlink" : "nftables", join(words, ", ")));
}

std::optional<CallWords> words_of_sending(const RawCall& call) {
  const auto& a = call.arguments;
  const std::string socket = call.named(static_cast<int>(a[0]));
  if (socket != kRoute && socket != kFilter) return std::nullopt;
  constexpr std::size_t kMost = 1 << 16;
  std::uint64_t address = a[1];
  std::size_t size = a[2];
  if (call.number == SYS_sendmsg) {
    const auto message = call.value<msghdr>(a[1]);
    const auto part = call.value<iovec>(reinterpret_cast<std::uint64_t>(message.msg_iov));
    address = reinterpret_cast<std::uint64_t>(part.iov_base);
    size = part.iov_len;
  }
  return words_of_messages(call.bytes(address, std::min(size, kMost)), socket == kRoute);
}

}  // namespace

std::optional<CallWords> words_of_network(const RawCall& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_socket: {
      const bool is_route = a[2] == NETLINK_ROUTE, is_filter = a[2] == NETLINK_NETFILTER;
      if (a[0] != AF_NETLINK || (!is_route && !is_filter)) return std::nullopt;
      return CallWords{.call = "socket(AF_NETLINK)",
                       .about = "network",
                       .names_result = is_route ? kRoute : kFilter,
                       .silent = true};
    }
    case SYS_sendto:
    case SYS_write:
    case SYS_sendmsg: return words_of_sending(call);
    case SYS_ioctl:
      if (a[1] != SIOCSIFFLAGS) return std::nullopt;
      return said(format("ioctl(SIOCSIFFLAGS, {})", call.text(a[2])));
    default: return std::nullopt;
  }
}

}  // namespace isle::toolbox
