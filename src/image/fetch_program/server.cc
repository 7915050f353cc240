#include "image/fetch_program/server.h"

#include <mutex>
#include <thread>

#include "base/strings.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

class Server {
 public:
  Server(int socket, Registry& registry) : socket_(socket), registry_(registry) {}

  // In a thread of its own.
  void answer(Packet request);

 private:
  int socket_;
  Registry& registry_;
  std::mutex mutex_;

  void reply(json::Value head, const json::Value& request, int fd = -1);
  Result<Packet> perform(Packet& request);
  Result<Packet> manifest(const json::Value& request);
  Result<Packet> blob(Packet& request);
};

void Server::reply(json::Value head, const json::Value& request, int fd) {
  head["ticket"] = number_member(request, "ticket");
  const std::scoped_lock lock(mutex_);
  // If it cannot be sent, there is nobody to tell: serve() sees the end, too.
  static_cast<void>(send_packet(socket_, head, fd));
}

Result<Packet> Server::manifest(const json::Value& request) {
  const ManifestAnswer answer = TRY(registry_.manifest(text_member(request, "what")));
  Packet packet;
  packet.head["digest"] = answer.digest.str();
  packet.head["mediaType"] = answer.media_type;
  packet.head["source"] = answer.source;
  packet.fd = TRY(text_file(answer.bytes));
  return packet;
}

Result<Packet> Server::blob(Packet& request) {
  BlobRequest blob;
  blob.digest = TRY(oci::Digest::parse(text_member(request.head, "digest")));
  blob.size = static_cast<std::uint64_t>(number_member(request.head, "size"));
  blob.from = static_cast<std::uint64_t>(number_member(request.head, "from"));
  blob.elsewhere = text_member(request.head, "elsewhere");
  blob.to = request.fd.get();
  blob.on_progress = [this, &request](std::uint64_t received) {
    json::Value head;
    head["received"] = received;
    reply(std::move(head), request.head);
  };
  const Result<void> done = registry_.blob(blob);
  request.fd.reset();  // the end of the stream comes before the word of it
  TRY(done);
  Packet packet;
  packet.head["received"] = blob.size;
  return packet;
}

Result<Packet> Server::perform(Packet& request) {
  const std::string what = text_member(request.head, "do");
  if (what == "manifest") return manifest(request.head);
  if (what == "blob") return blob(request);
  return fail(ErrorKind::Internal, format("isle-fetch does not know {}", quoted(what)));
}

void Server::answer(Packet request) {
  Result<Packet> packet = perform(request);
  if (packet) {
    packet->head["ok"] = true;
    reply(std::move(packet->head), request.head, packet->fd.get());
  } else {
    json::Value head;
    write_failure(head, packet.error());
    reply(std::move(head), request.head);
  }
}

}  // namespace

void serve(int socket, Registry& registry) {
  Server server(socket, registry);
  for (;;) {
    Result<std::optional<Packet>> packet = receive_packet(socket);
    if (!packet || !*packet) return;
    std::thread([&server, request = std::move(**packet)]() mutable {
      server.answer(std::move(request));
    }).detach();
  }
}

}  // namespace isle::image
