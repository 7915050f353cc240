#include "network/dns_client.h"

#include <netinet/in.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "kernel/process.h"
#include "kernel/unix_socket.h"

namespace isle::network {

namespace {

constexpr std::uint32_t kOwnAddress = 0x7f00000b;  // 127.0.0.11
constexpr std::uint16_t kDomain = 53;

struct Sockets {
  kernel::UniqueFd udp, tcp;
};

Result<kernel::UniqueFd> bound(int type) {
  kernel::UniqueFd socket = TRY(kernel::make_socket(AF_INET, type));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kDomain);
  address.sin_addr.s_addr = htonl(kOwnAddress);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      (type == SOCK_STREAM && listen(socket.get(), 16) != 0)) {
    return fail_call(errno, "bind(127.0.0.11:53)");
  }
  return socket;
}

Result<Sockets> make_sockets() {
  Sockets sockets;
  sockets.udp = TRY(bound(SOCK_DGRAM));
  sockets.tcp = TRY(bound(SOCK_STREAM));
  return sockets;
}

Result<Sockets> sockets_in(int space) {
  const kernel::UniqueFd own = TRY(kernel::open_file(HostPath("/proc/self/ns/net"), O_RDONLY));
  if (setns(space, CLONE_NEWNET) != 0) return fail_call(errno, "setns(network)");
  Result<Sockets> sockets = make_sockets();
  // In a foreign namespace nothing that follows would be right.
  if (setns(own.get(), CLONE_NEWNET) != 0) std::abort();
  return sockets;
}

// Of many that find no server one starts it; it gets the socket as its descriptor 3, on which we
// connect at once.
Result<void> start_server(const HostPath& directory, const std::string& name) {
  const kernel::UniqueFd lock = TRY(kernel::open_file(directory, O_RDONLY | O_DIRECTORY));
  while (flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail_call(errno, "flock(networks)");
  }
  if (kernel::connect_at(directory, name, SOCK_SEQPACKET)) return {};
  unlink((directory / name).c_str());
  const kernel::UniqueFd listener = TRY(kernel::listen_at(directory, name, SOCK_SEQPACKET));
  kernel::SpawnRequest program;
  program.program = TRY(kernel::program_directory()) / "isle-dns";
  program.arguments = {"isle-dns"};
  program.fds = {{.from = -1, .to = 0},
                 {.from = -1, .to = 1},
                 {.from = -1, .to = 2},
                 {.from = listener.get(), .to = 3}};
  program.new_session = true;
  const kernel::ChildProcess child = TRY(kernel::spawn(program));
  // It leaves a child of its own behind.
  TRY(kernel::wait_for(child.pidfd.get()));
  return {};
}

Result<kernel::UniqueFd> register_with(const HostPath& directory,
                                       const std::string& name,
                                       const std::string& text,
                                       const Sockets& sockets) {
  kernel::UniqueFd connection = TRY(kernel::connect_at(directory, name, SOCK_SEQPACKET));
  TRY(kernel::send_with_fd(connection.get(), text, sockets.udp.get()));
  TRY(kernel::send_with_fd(connection.get(), "tcp", sockets.tcp.get()));
  char heard = 0;
  if (recv(connection.get(), &heard, sizeof heard, 0) == sizeof heard) return connection;
  return fail(ErrorKind::Unavailable, "isle-dns has ended");
}

}  // namespace

Result<kernel::UniqueFd> serve_names(const record::Wiring& wiring, int space) {
  const Sockets sockets = TRY(sockets_in(space));
  const std::size_t slash = wiring.name_server.rfind('/');
  const HostPath directory(wiring.name_server.substr(0, slash));
  const std::string name = wiring.name_server.substr(slash + 1);
  const std::string text = record::write_wiring(wiring);
  // It may be about to end, as nobody needed it.
  for (int tries = 0; tries < 4; ++tries) {
    Result<kernel::UniqueFd> connection = register_with(directory, name, text, sockets);
    if (connection) return connection;
    TRY(start_server(directory, name));
  }
  return register_with(directory, name, text, sockets);
}

namespace {
// Whether the server has heard; without one there is nobody to hear.
bool tell_server(const record::Wiring& wiring, const std::string& text) {
  if (wiring.name_server.empty()) return false;
  const std::size_t slash = wiring.name_server.rfind('/');
  const auto connection = kernel::connect_at(HostPath(wiring.name_server.substr(0, slash)),
                                             wiring.name_server.substr(slash + 1),
                                             SOCK_SEQPACKET);
  char heard = 0;
  if (!connection || send(connection->get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) {
    return false;
  }
  return recv(connection->get(), &heard, sizeof heard, 0) == sizeof heard;
}
}  // namespace

void update_names(const record::Wiring& wiring) {
  static_cast<void>(tell_server(wiring, record::write_wiring(wiring)));
}

Result<void> keep_serving_names(const record::Wiring& wiring, int space) {
  const kernel::UniqueFd connection = TRY(serve_names(wiring, space));
  if (tell_server(wiring, "keep " + wiring.container)) return {};
  return fail(ErrorKind::Unavailable, "isle-dns has ended");
}

void forget_names(const record::Wiring& wiring) {
  static_cast<void>(tell_server(wiring, "forget " + wiring.container));
}

}  // namespace isle::network
