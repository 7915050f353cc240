#include "image/fetch_connection.h"

#include <sys/socket.h>

#include "image/installation.h"

namespace isle::image {
namespace {

Result<kernel::ChildProcess> start_program(int socket) {
  kernel::SpawnRequest request;
  request.program = TRY(helper_program("isle-fetch"));
  request.arguments = {"isle-fetch"};
  // Standard error stays the caller's: credential helpers may have something to say.
  request.fds = {{.from = socket, .to = 0}, {.from = -1, .to = 1}};
  return kernel::spawn(request);
}

}  // namespace

Result<FetchConnection> FetchConnection::open() {
  kernel::FdPair ends = TRY(kernel::make_socketpair(SOCK_SEQPACKET));
  FetchConnection connection;
  connection.program_ = TRY_STEP(start_program(ends.second.get()), "start isle-fetch");
  connection.socket_ = std::move(ends.first);
  return connection;
}

FetchConnection::~FetchConnection() {
  if (!program_.pidfd) return;
  socket_.reset();
  static_cast<void>(kernel::wait_for(program_.pidfd.get()));
}

Result<Packet> FetchConnection::receive() {
  std::optional<Packet> packet = TRY(receive_packet(socket_.get()));
  if (packet) return std::move(*packet);
  return fail(ErrorKind::Unavailable,
              "isle-fetch has ended without a word",
              "see whether something kills isle's processes");
}

Result<Packet> FetchConnection::ask(const json::Value& request) {
  TRY(send_packet(socket_.get(), request));
  Packet answer = TRY(receive());
  if (!is_good(answer.head)) return std::unexpected(read_failure(answer.head));
  return answer;
}

}  // namespace isle::image
