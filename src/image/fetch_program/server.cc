#include "image/fetch_program/server.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

#include <fcntl.h>

#include "base/strings.h"
#include "image/fetch_program/lists.h"
#include "image/fetch_program/search.h"
#include "image/fetch_program/upload.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

constexpr std::chrono::milliseconds kBetweenReports{100};

class Server {
 public:
  Server(int socket, Registry& registry) : socket_(socket), registry_(registry) {}

  // In a thread of its own.
  void answer(Packet request);

 private:
  int socket_;
  Registry& registry_;
  std::mutex mutex_;

  void reply(const json::Value& head, int fd = -1);
  Result<Packet> perform(Packet& request);
  Result<Packet> manifest(const json::Value& request);
  Result<Packet> blob(Packet& request);
  Result<Packet> tags();
  Result<Packet> search(const json::Value& request);
  Result<Packet> upload(Packet& request);
  Result<Packet> put(Packet& request);
  std::function<void(std::uint64_t)> reporter(const json::Value& request);
};

void Server::reply(const json::Value& head, int fd) {
  const std::scoped_lock lock(mutex_);
  // If it cannot be sent, there is nobody to tell: serve() sees the end, too.
  static_cast<void>(send_packet(socket_, head, fd));
}

// At most some ten times a second.
std::function<void(std::uint64_t)> Server::reporter(const json::Value& request) {
  using Clock = std::chrono::steady_clock;
  const std::int64_t ticket = number_member(request, "ticket");
  return [this, ticket, last = Clock::time_point()](std::uint64_t count) mutable {
    const Clock::time_point now = Clock::now();
    if (now - last < kBetweenReports) return;
    last = now;
    json::Value head;
    head["received"] = count;
    head["ticket"] = ticket;
    reply(head);
  };
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
  // Fewer turns between the two ends; as large as the host lets it be.
  static_cast<void>(fcntl(blob.to, F_SETPIPE_SZ, 1 << 20));
  blob.on_progress = reporter(request.head);
  const Result<void> done = registry_.blob(blob);
  request.fd.reset();  // the end of the stream comes before the word of it
  TRY(done);
  Packet packet;
  packet.head["received"] = blob.size;
  return packet;
}

Result<Packet> Server::tags() {
  json::Value list;
  list["names"] = json::Value(TRY(fetch_tags(registry_.home())));
  Packet packet;
  packet.fd = TRY(text_file(json::write(list)));
  return packet;
}

Result<Packet> Server::search(const json::Value& request) {
  const auto limit = static_cast<unsigned>(number_member(request, "limit"));
  const std::string term = text_member(request, "term");
  Packet packet;
  packet.fd = TRY(text_file(json::write(TRY(search_registry(registry_.home(), term, limit)))));
  return packet;
}

Result<Packet> Server::upload(Packet& request) {
  UploadRequest upload;
  upload.digest = TRY(oci::Digest::parse(text_member(request.head, "digest")));
  upload.size = static_cast<std::uint64_t>(number_member(request.head, "size"));
  upload.mount_from = text_member(request.head, "mountFrom");
  upload.fd = request.fd.get();
  upload.on_progress = reporter(request.head);
  Packet packet;
  packet.head["outcome"] = to_string(TRY(upload_blob(registry_.home(), upload)));
  packet.head["received"] = upload.size;
  return packet;
}

Result<Packet> Server::put(Packet& request) {
  const std::string bytes = TRY(file_text(request.fd.get()));
  const oci::Digest digest = TRY(put_manifest(registry_.home(),
                                              text_member(request.head, "what"),
                                              text_member(request.head, "mediaType"),
                                              bytes));
  Packet packet;
  packet.head["digest"] = digest.str();
  return packet;
}

Result<Packet> Server::perform(Packet& request) {
  const std::string what = text_member(request.head, "do");
  if (what == "manifest") return manifest(request.head);
  if (what == "blob") return blob(request);
  if (what == "tags") return tags();
  if (what == "search") return search(request.head);
  if (what == "upload") return upload(request);
  if (what == "put") return put(request);
  if (what == "login") {
    TRY(registry_.check_login());
    return Packet();
  }
  return fail(ErrorKind::Internal, format("isle-fetch does not know {}", quoted(what)));
}

void Server::answer(Packet request) {
  const std::int64_t ticket = number_member(request.head, "ticket");
  Result<Packet> packet = perform(request);
  json::Value failure;
  if (!packet) write_failure(failure, packet.error());
  json::Value& head = packet ? packet->head : failure;
  head["ticket"] = ticket;
  head["ok"] = packet.has_value();
  reply(head, packet ? packet->fd.get() : -1);
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
