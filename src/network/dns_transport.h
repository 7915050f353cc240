#pragma once
// How DNS messages come and go: peers' addresses, frames of TCP (RFC 1035, 4.2.2), and sockets that
// arrive over the socket of isle-dns.

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "kernel/fd.h"

namespace isle::network::dns {

struct Peer {
  sockaddr_storage address{};
  socklen_t length = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&address); }
};

// Port 53 of that address.
Peer peer_of(const IpAddress& address);

// The host's name servers. Read each time: the file may have changed, and other names are seldom
// asked for.
std::vector<IpAddress> host_servers();

// A message, and the descriptor that came with it; what recvmsg(2) gives.
ssize_t receive(int socket, std::string& text, kernel::UniqueFd& given);

// A message with its length before it.
std::string frame(const std::string& message);
// Takes one such off what was heard; "" while it is not whole, nullopt at the end.
std::optional<std::string> next_message(int fd, std::string& heard);

}  // namespace isle::network::dns
