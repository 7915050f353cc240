#include "network/ports.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/ip_address.h"
#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::network {

namespace {

constexpr unsigned kLastPort = 65535;

struct Span {
  std::uint16_t first = 0, count = 1;
};

Result<Span> parse_span(std::string_view text, std::string_view whole) {
  const Cut parts = cut(text, '-');
  const auto first = parse_uint(parts.before, "port");
  const auto last = parts.found ? parse_uint(parts.after, "port") : first;
  if (first && last && *first > 0 && *first <= *last && *last <= kLastPort) {
    return Span{.first = static_cast<std::uint16_t>(*first),
                .count = static_cast<std::uint16_t>(*last - *first + 1)};
  }
  return fail(ErrorKind::InvalidArgument,
              format("{}: {} is no port or range of ports", quoted(whole), quoted(text)),
              "ports are numbers from 1 to 65535; a range is FIRST-LAST");
}

Result<std::string> parse_protocol(std::string_view text, std::string_view whole) {
  constexpr std::array<std::string_view, 3> kKnown = {"tcp", "udp", "sctp"};
  std::string name = lower(text);
  if (std::ranges::find(kKnown, name) != kKnown.end()) return name;
  return fail(ErrorKind::InvalidArgument,
              format("{}: there is no protocol {}", quoted(whole), quoted(text)),
              "tcp, udp and sctp are known");
}

// "[fd00::1]:..." or "10.0.0.1:..."; what is left stands in `rest`.
Result<std::string> take_host_ip(std::string_view& rest, std::string_view whole) {
  std::string_view address;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find("]:");
    if (end == std::string_view::npos) {
      return fail(ErrorKind::InvalidArgument, format("{}: \"[\" has no \"]:\"", quoted(whole)));
    }
    address = rest.substr(1, end - 1);
    rest.remove_prefix(end + 2);
  } else if (std::ranges::count(rest, ':') == 2) {
    const std::size_t end = rest.find(':');
    address = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (address.empty()) return std::string();
  } else {
    return std::string();
  }
  return TRY_STEP(IpAddress::parse(address), std::string(whole)).str();
}

int socket_type(const std::string& protocol) {
  return protocol == "udp" ? SOCK_DGRAM : SOCK_STREAM;
}

// Whether a program of the host has the port; 0 finds a free one. Closed again at once: what is
// published is rewritten before it would reach a socket.
Result<std::uint16_t> try_to_listen(const IpAddress& host,
                                    std::uint16_t port,
                                    const std::string& protocol) {
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (host.is_v6()) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    std::memcpy(&address.sin6_addr, host.bytes().data(), sizeof address.sin6_addr);
    std::memcpy(&storage, &address, length = sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    std::memcpy(&address.sin_addr, host.bytes().data(), sizeof address.sin_addr);
    std::memcpy(&storage, &address, length = sizeof address);
  }
  const int number = protocol == "sctp" ? IPPROTO_SCTP : 0;
  Result<kernel::UniqueFd> made =
      kernel::make_socket(storage.ss_family, socket_type(protocol), number);
  if (!made && made.error().errnum == EPROTONOSUPPORT) {
    return fail(ErrorKind::Unsupported,
                format("port {}/{}: this kernel has no {}", port, protocol, protocol),
                format("its module is called {}", protocol));
  }
  const kernel::UniqueFd socket = TRY(std::move(made));
  const int on = 1;
  if (host.is_v6()) {
    static_cast<void>(setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
  }
  // Connections that are being closed do no harm; a listener does, in spite of it.
  static_cast<void>(setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  const bool stream = socket_type(protocol) == SOCK_STREAM;
  const auto* address = reinterpret_cast<const sockaddr*>(&storage);
  if (bind(socket.get(), address, length) != 0 || (stream && listen(socket.get(), 1) != 0)) {
    const int errnum = errno;
    const std::string where = format("{}:{}/{}", host.str(), port, protocol);
    if (errnum == EADDRINUSE) {
      return fail(ErrorKind::Conflict,
                  format("port {} is in use by a program of this host", where),
                  "ss -lp shows which; choose another port");
    }
    if (errnum == EADDRNOTAVAIL) {
      return fail(ErrorKind::InvalidArgument,
                  format("{} is no address of this host", host.str()),
                  "leave it out to publish on all");
    }
    return fail_call(errnum, format("bind({})", where));
  }
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
    return fail_call(errno, "getsockname()");
  }
  return ntohs(host.is_v6() ? reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port
                            : reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

std::unexpected<Error> taken(const std::string& where, const std::string& holder) {
  return fail(ErrorKind::Conflict,
              format("port {} leads to container {}", where, holder_words(holder)),
              "choose another port, or end that container");
}

// A port on all addresses and one on a single address exclude each other.
Result<std::string> lease_port(const PortTaker& taker,
                               const std::string& protocol,
                               std::uint16_t port,
                               const IpAddress& host) {
  const HostPath directory = taker.places.ports() / format("{}-{}", protocol, port);
  const std::string where = format("{}:{}/{}", host.str(), port, protocol);
  const HostPath path = directory / host.str();
  if (!TRY(take_lease_of_dead(path, taker.container, taker.is_alive))) {
    return taken(where, lease_holder(path).value_or(""));
  }
  for (const std::string& name : leases_in(directory)) {
    const Result<IpAddress> other = IpAddress::parse(name);
    if (!other || *other == host || other->is_v6() != host.is_v6()) continue;
    if (!host.is_unspecified() && !other->is_unspecified()) continue;
    const std::optional<std::string> holder = lease_holder(directory / name);
    if (!holder || *holder == taker.container) continue;
    if (!taker.is_alive(*holder)) {
      drop_lease(directory / name, *holder);
      continue;
    }
    drop_lease(path, taker.container);
    return taken(where, *holder);
  }
  return path.str();
}

// One that the kernel finds free, and nobody has a lease of.
Result<std::uint16_t> take_free_port(const PortTaker& taker,
                                     const std::string& protocol,
                                     const IpAddress& host,
                                     std::vector<std::string>& leases) {
  for (int tries = 0;; ++tries) {
    const std::uint16_t port = TRY(try_to_listen(host, 0, protocol));
    Result<std::string> lease = lease_port(taker, protocol, port, host);
    if (lease) {
      leases.push_back(*std::move(lease));
      return port;
    }
    if (tries == 20) return std::unexpected(std::move(lease).error());
  }
}

Result<record::PublishedPort> take_port(const PortTaker& taker,
                                        const record::PortWish& wish,
                                        std::uint16_t offset,
                                        const std::string& inside,
                                        std::vector<std::string>& leases) {
  const bool v6 = TRY(IpAddress::parse(inside)).is_v6();
  const IpAddress host = wish.host_ip.empty() ? (v6 ? IpAddress::any_v6() : IpAddress())
                                              : TRY(IpAddress::parse(wish.host_ip));
  record::PublishedPort port{
      .protocol = wish.protocol,
      .host_ip = host.str(),
      .host_port = 0,
      .container_ip = inside,
      .container_port = static_cast<std::uint16_t>(wish.container_port + offset)};
  if (wish.host_port == 0) {
    port.host_port = TRY(take_free_port(taker, wish.protocol, host, leases));
    return port;
  }
  port.host_port = static_cast<std::uint16_t>(wish.host_port + offset);
  // Leases first: they know a better name for who has it.
  leases.push_back(TRY(lease_port(taker, wish.protocol, port.host_port, host)));
  if (!taker.are_held) TRY(try_to_listen(host, port.host_port, wish.protocol));
  return port;
}

}  // namespace

Result<record::PortWish> parse_port(std::string_view text) {
  record::PortWish wish;
  std::string_view rest = text;
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    wish.protocol = TRY(parse_protocol(rest.substr(slash + 1), text));
    rest = rest.substr(0, slash);
  }
  wish.host_ip = TRY(take_host_ip(rest, text));
  const Cut parts = cut(rest, ':');
  const Span inside = TRY(parse_span(parts.found ? parts.after : rest, text));
  wish.container_port = inside.first;
  wish.count = inside.count;
  if (!parts.found || parts.before.empty()) return wish;
  const Span outside = TRY(parse_span(parts.before, text));
  if (outside.count != inside.count) {
    return fail(ErrorKind::InvalidArgument,
                format("{}: {} ports of the host cannot lead to {} of the container",
                       quoted(text),
                       outside.count,
                       inside.count),
                "both ranges have to be of one length");
  }
  wish.host_port = outside.first;
  return wish;
}

Result<record::PortWish> parse_exposed(std::string_view text) {
  record::PortWish wish;
  const Cut parts = cut(text, '/');
  if (parts.found) wish.protocol = TRY(parse_protocol(parts.after, text));
  const Span span = TRY(parse_span(parts.before, text));
  wish.container_port = span.first;
  wish.count = span.count;
  return wish;
}

Result<std::vector<record::PublishedPort>> take_ports(const PortTaker& taker,
                                                      const record::PortWish& wish,
                                                      const std::vector<std::string>& addresses,
                                                      std::vector<std::string>& leases) {
  std::vector<record::PublishedPort> ports;
  const bool only_v6 = wish.host_ip.find(':') != std::string::npos;
  for (unsigned offset = 0; offset < wish.count; ++offset) {
    record::PortWish one = wish;
    for (const std::string& inside : addresses) {
      const bool v6 = inside.find(':') != std::string::npos;
      if (!wish.host_ip.empty() && v6 != only_v6) continue;
      ports.push_back(
          TRY(take_port(taker, one, static_cast<std::uint16_t>(offset), inside, leases)));
      // A random port is the same in both families.
      if (one.host_port == 0)
        one.host_port = static_cast<std::uint16_t>(ports.back().host_port - offset);
    }
  }
  if (ports.empty()) {
    return fail(ErrorKind::Unsupported,
                format("port {}/{} cannot be published on {}: the container has no address of "
                       "that family",
                       wish.container_port,
                       wish.protocol,
                       wish.host_ip.empty() ? "this host" : wish.host_ip));
  }
  return ports;
}

}  // namespace isle::network
