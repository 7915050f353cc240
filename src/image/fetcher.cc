#include "image/fetcher.h"

#include <sys/socket.h>

#include "base/strings.h"
#include "image/installation.h"

namespace isle::image {
namespace {

FetchEvent event_of(const json::Value& head) {
  FetchEvent event;
  event.ticket = static_cast<std::uint64_t>(number_member(head, "ticket"));
  event.received = static_cast<std::uint64_t>(number_member(head, "received"));
  event.outcome = text_member(head, "outcome");
  event.ended = head.find("ok") != nullptr;
  if (event.ended && !is_good(head)) event.error = read_failure(head);
  return event;
}

Result<kernel::ChildProcess> start_program(int socket) {
  kernel::SpawnRequest request;
  request.program = TRY(helper_program("isle-fetch"));
  request.arguments = {"isle-fetch"};
  // Standard error stays the caller's: credential helpers may have something to say.
  request.fds = {{.from = socket, .to = 0}, {.from = -1, .to = 1}};
  return kernel::spawn(request);
}

std::vector<std::string> texts_of(const json::Value& head, std::string_view name) {
  std::vector<std::string> texts;
  const json::Value* list = head.find(name);
  if (list == nullptr || list->array() == nullptr) return texts;
  for (const json::Value& item : *list->array()) {
    if (item.string() != nullptr) texts.push_back(*item.string());
  }
  return texts;
}

}  // namespace

Result<Fetcher> Fetcher::start(const Reference& reference, const FetchOptions& options) {
  kernel::FdPair ends = TRY(kernel::make_socketpair(SOCK_SEQPACKET));
  Fetcher fetcher;
  fetcher.program_ = TRY_STEP(start_program(ends.second.get()), "start isle-fetch");
  ends.second.reset();
  fetcher.socket_ = std::move(ends.first);
  json::Value opening;
  opening["domain"] = reference.domain;
  opening["repository"] = reference.repository;
  opening["options"] = write_fetch_options(options);
  TRY(send_packet(fetcher.socket_.get(), opening));
  const Packet answer = TRY(fetcher.receive());
  if (!is_good(answer.head)) return std::unexpected(read_failure(answer.head));
  fetcher.warnings_ = texts_of(answer.head, "warnings");
  return fetcher;
}

Fetcher::~Fetcher() {
  if (!program_.pidfd) return;
  socket_.reset();
  static_cast<void>(kernel::wait_for(program_.pidfd.get()));
}

Result<std::uint64_t> Fetcher::send(json::Value request, int fd) {
  request["ticket"] = ++last_ticket_;
  TRY(send_packet(socket_.get(), request, fd));
  return last_ticket_;
}

Result<Packet> Fetcher::receive() {
  std::optional<Packet> packet = TRY(receive_packet(socket_.get()));
  if (packet) return std::move(*packet);
  return fail(ErrorKind::Unavailable,
              "isle-fetch has ended without a word",
              "see whether something kills isle's processes");
}

Result<Packet> Fetcher::ask(json::Value request, int fd) {
  const std::uint64_t ticket = TRY(send(std::move(request), fd));
  for (;;) {
    Packet packet = TRY(receive());
    const FetchEvent event = event_of(packet.head);
    if (event.ticket != ticket) {
      events_.push_back(event);
    } else if (event.error) {
      return std::unexpected(*event.error);
    } else if (event.ended) {
      return packet;
    }
  }
}

Result<FetchedManifest> Fetcher::manifest(std::string_view tag_or_digest) {
  json::Value request;
  request["do"] = "manifest";
  request["what"] = tag_or_digest;
  const Packet answer = TRY(ask(std::move(request)));
  FetchedManifest manifest;
  manifest.digest = TRY(oci::Digest::parse(text_member(answer.head, "digest")));
  manifest.media_type = text_member(answer.head, "mediaType");
  manifest.source = text_member(answer.head, "source");
  manifest.bytes = TRY(file_text(answer.fd.get()));
  return manifest;
}

Result<std::uint64_t> Fetcher::begin_blob(const oci::Descriptor& blob,
                                          std::uint64_t from,
                                          kernel::UniqueFd to) {
  json::Value request;
  request["do"] = "blob";
  request["digest"] = blob.digest.str();
  request["size"] = blob.size;
  request["from"] = from;
  if (!blob.urls.empty()) request["elsewhere"] = blob.urls.front();
  return send(std::move(request), to.get());
}

Result<FetchEvent> Fetcher::next_event() {
  if (events_.empty()) return event_of(TRY(receive()).head);
  FetchEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace isle::image
