#include "network/firewall_watch.h"

#include <algorithm>
#include <cerrno>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "base/scratch.h"
#include "kernel/netlink.h"
#include "network/firewall.h"

namespace isle::network {

namespace {

constexpr std::size_t kBufferBytes = 65536;

// The table of a message, which is behind its header; empty: of none.
std::string_view table_of(std::string_view body) {
  if (body.size() < sizeof(nfgenmsg)) return {};
  // The number of the table's name is the same in all: NFTA_TABLE_NAME, NFTA_CHAIN_TABLE ...
  const auto table = kernel::netlink_attribute(body.substr(sizeof(nfgenmsg)), NFTA_TABLE_NAME);
  return table ? table->substr(0, table->find('\0')) : std::string_view();
}

FirewallChange change_of(std::uint16_t type, std::string_view body) {
  if (type >> 8 != NFNL_SUBSYS_NFTABLES) return {};
  const int message = type & 0xff;
  switch (message) {
    case NFT_MSG_DELTABLE:
    case NFT_MSG_DELCHAIN:
    case NFT_MSG_DELRULE:
    case NFT_MSG_DELSET:
    case NFT_MSG_NEWCHAIN: break;
    default: return {};
  }
  const std::string_view table = table_of(body);
  // A new chain may have another policy.
  return {.ours = table == kTable && message != NFT_MSG_NEWCHAIN, .hosts = table == "filter"};
}

// The message behind each change (Linux 4.13): who made it, by the name of the program.
bool is_end(std::uint16_t type) { return type == ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWGEN); }
bool is_by_isle(std::string_view body) {
  if (body.size() < sizeof(nfgenmsg)) return false;
  const auto name = kernel::netlink_attribute(body.substr(sizeof(nfgenmsg)), NFTA_GEN_PROC_NAME);
  return name && name->starts_with("isle");
}

}  // namespace

Result<FirewallWatch> FirewallWatch::open() {
  kernel::UniqueFd socket = TRY(kernel::make_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER));
  // By bind(2): a socket without an address of its own is passed over (netlink_broadcast).
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = 1U << (NFNLGRP_NFTABLES - 1);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail_call(errno, "bind(NETLINK_NETFILTER, NFNLGRP_NFTABLES)");
  }
  return FirewallWatch(std::move(socket));
}

void FirewallWatch::take_messages(std::string_view rest, FirewallChange& found) {
  nlmsghdr header{};
  while (rest.size() >= sizeof header) {
    rest.copy(reinterpret_cast<char*>(&header), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) break;
    const auto body = rest.substr(sizeof header, header.nlmsg_len - sizeof header);
    const FirewallChange change = change_of(header.nlmsg_type, body);
    pending_.ours = pending_.ours || change.ours;
    pending_.hosts = pending_.hosts || change.hosts;
    if (is_end(header.nlmsg_type)) {
      const bool by_isle = is_by_isle(body);
      found.ours = found.ours || (pending_.ours && !by_isle);
      found.hosts = found.hosts || (pending_.hosts && !by_isle);
      pending_ = {};
    }
    rest.remove_prefix(std::min<std::size_t>(rest.size(), NLMSG_ALIGN(header.nlmsg_len)));
  }
}

Result<FirewallChange> FirewallWatch::take() {
  Scratch buffer(kBufferBytes);
  FirewallChange found;
  for (;;) {
    const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      take_messages({buffer.data(), static_cast<std::size_t>(size)}, found);
    } else if (size < 0 && errno == ENOBUFS) {
      found.ours = true;
    } else if (size == 0 || errno == EAGAIN) {
      return found;
    } else if (errno != EINTR) {
      return fail_call(errno, "recv(NFNLGRP_NFTABLES)");
    }
  }
}

}  // namespace isle::network
