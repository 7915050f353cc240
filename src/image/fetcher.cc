#include "image/fetcher.h"

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

}  // namespace

Result<Fetcher> Fetcher::start(const Reference& reference, const FetchOptions& options) {
  Fetcher fetcher(TRY(FetchConnection::open()));
  json::Value opening;
  opening["domain"] = reference.domain;
  opening["repository"] = reference.repository;
  opening["options"] = write_fetch_options(options);
  const Packet answer = TRY(fetcher.connection_.ask(opening));
  fetcher.warnings_ = texts_member(answer.head, "warnings");
  fetcher.walls_ = texts_member(answer.head, "walls");
  return fetcher;
}

Result<std::uint64_t> Fetcher::send(json::Value request, int fd) {
  request["ticket"] = ++last_ticket_;
  TRY(send_packet(connection_.socket(), request, fd));
  return last_ticket_;
}

Result<Packet> Fetcher::ask(json::Value request, int fd) {
  const std::uint64_t ticket = TRY(send(std::move(request), fd));
  for (;;) {
    Packet packet = TRY(connection_.receive());
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

Result<std::uint64_t> Fetcher::begin_upload(const oci::Descriptor& blob,
                                            const kernel::UniqueFd& from,
                                            std::string_view mount_from) {
  json::Value request;
  request["do"] = "upload";
  request["digest"] = blob.digest.str();
  request["size"] = blob.size;
  request["mountFrom"] = mount_from;
  return send(std::move(request), from.get());
}

Result<oci::Digest> Fetcher::put_manifest(std::string_view tag_or_digest,
                                          std::string_view media_type,
                                          std::string_view bytes) {
  json::Value request;
  request["do"] = "put";
  request["what"] = tag_or_digest;
  request["mediaType"] = media_type;
  const kernel::UniqueFd text = TRY(text_file(bytes));
  const Packet answer = TRY(ask(std::move(request), text.get()));
  return oci::Digest::parse(text_member(answer.head, "digest"));
}

Result<std::vector<std::string>> Fetcher::tags() {
  json::Value request;
  request["do"] = "tags";
  const Packet answer = TRY(ask(std::move(request)));
  return texts_member(TRY(json::parse(TRY(file_text(answer.fd.get())))), "names");
}

Result<json::Value> Fetcher::search(std::string_view term, unsigned limit) {
  json::Value request;
  request["do"] = "search";
  request["term"] = term;
  request["limit"] = limit;
  const Packet answer = TRY(ask(std::move(request)));
  return json::parse(TRY(file_text(answer.fd.get())));
}

Result<void> Fetcher::check_login() {
  json::Value request;
  request["do"] = "login";
  TRY(ask(std::move(request)));
  return {};
}

Result<FetchEvent> Fetcher::next_event() {
  if (events_.empty()) return event_of(TRY(connection_.receive()).head);
  FetchEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace isle::image
