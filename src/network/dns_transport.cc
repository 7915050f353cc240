#include "network/dns_transport.h"

#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/strings.h"

namespace isle::network::dns {

using kernel::UniqueFd;

Peer peer_of(const IpAddress& address) {
  Peer peer;
  if (address.is_v6()) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(53);
    std::memcpy(&in.sin6_addr, address.bytes().data(), sizeof in.sin6_addr);
    std::memcpy(&peer.address, &in, peer.length = sizeof in);
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(53);
    std::memcpy(&in.sin_addr, address.bytes().data(), sizeof in.sin_addr);
    std::memcpy(&peer.address, &in, peer.length = sizeof in);
  }
  return peer;
}

std::vector<IpAddress> host_servers() {
  std::vector<IpAddress> servers;
  const auto text = kernel::read_file(HostPath("/etc/resolv.conf"), 1 << 20);
  if (!text) return servers;
  for (const std::string_view line : split(*text, '\n')) {
    const Cut parts = cut(trim(line), ' ');
    const auto address = IpAddress::parse(cut(trim(parts.after), '%').before);
    if (parts.before == "nameserver" && address) servers.push_back(*address);
  }
  return servers;
}

ssize_t receive(int socket, std::string& text, UniqueFd& given) {
  iovec part{.iov_base = text.data(), .iov_len = text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  for (cmsghdr* header = count > 0 ? CMSG_FIRSTHDR(&message) : nullptr; header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    int fd = -1;
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    given.reset(fd);
  }
  return count;
}

std::string frame(const std::string& message) {
  std::string framed;
  framed += static_cast<char>(message.size() >> 8);
  framed += static_cast<char>(message.size());
  return framed + message;
}

std::optional<std::string> next_message(int fd, std::string& heard) {
  std::array<char, 4096> buffer{};
  const ssize_t count = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return std::nullopt;
  if (count > 0) heard.append(buffer.data(), static_cast<std::size_t>(count));
  if (heard.size() < 2) return std::string();
  const std::size_t length =
      std::size_t{static_cast<unsigned char>(heard[0])} << 8 | static_cast<unsigned char>(heard[1]);
  if (length == 0) return std::nullopt;
  if (heard.size() < length + 2) return std::string();
  std::string message = heard.substr(2, length);
  heard.erase(0, length + 2);
  return message;
}

}  // namespace isle::network::dns
