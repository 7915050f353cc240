#pragma once
// Talks to one repository of one registry, through the program isle-fetch (fetch_program/), which
// alone speaks HTTP and TLS, without privileges. What isle-fetch retries, continues by Range or
// gets from a mirror looks here like one answer or one stream.
//
// Nothing that comes is to be trusted but a manifest that was asked for by digest: blobs are hashed
// by who reads them (isle-unpack).

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "image/fetch_connection.h"
#include "image/fetch_options.h"
#include "image/fetch_wire.h"
#include "image/reference.h"
#include "kernel/fd.h"
#include "oci/digest.h"
#include "oci/image.h"

namespace isle::image {

struct FetchedManifest {
  oci::Digest digest;      // of `bytes`, computed here
  std::string media_type;  // the registry's, or the document's own where that is silent
  std::string bytes;
  std::string source;  // the registry or mirror it came from: "mirror.example:5000/library/busybox"
};

// What becomes of one blob.
struct FetchEvent {
  std::uint64_t ticket = 0;
  std::uint64_t received = 0;  // bytes of the blob that have gone by, those before `from` included
  bool ended = false;          // nothing more comes for this ticket
  std::optional<Error> error;  // why it ended early
  std::string outcome;         // of an upload: "uploaded", "mounted" or "there"
};

class Fetcher {
 public:
  // Starts isle-fetch and waits until it has read its configuration and given up its privileges.
  // Nothing is sent over the network yet.
  static Result<Fetcher> start(const Reference& reference, const FetchOptions& options);
  // With it ends isle-fetch and all that it is doing.

  // Of a tag, or by digest: then Corrupt if the bytes have another one. At most 4 MiB.
  Result<FetchedManifest> manifest(std::string_view tag_or_digest);

  // Streams the blob from byte `from` into `to`, the write end of a pipe, which isle-fetch closes
  // at the end, whether that is the blob's or an error: next_event tells. Several may run.
  Result<std::uint64_t> begin_blob(const oci::Descriptor& blob,
                                   std::uint64_t from,
                                   kernel::UniqueFd to);
  // Gives the registry a blob: the whole of the file, at its home, never to a mirror. It is not
  // sent when the registry has it, or can take it from `mount_from`, another repository of it.
  Result<std::uint64_t> begin_upload(const oci::Descriptor& blob,
                                     const kernel::UniqueFd& from,
                                     std::string_view mount_from);
  Result<oci::Digest> put_manifest(std::string_view tag_or_digest,
                                   std::string_view media_type,
                                   std::string_view bytes);

  // In the registry's order.
  Result<std::vector<std::string>> tags();
  // Objects with "name", and where the registry tells "description", "stars", "official" and
  // "automated".
  Result<json::Value> search(std::string_view term, unsigned limit);
  // Denied: the registry does not take the credentials there are.
  Result<void> check_login();

  // Waits for the next one: progress (at most some ten a second for each blob) or an end.
  Result<FetchEvent> next_event();
  // For poll(2): readable when next_event may not wait. Events that came while another call waited
  // for its answer lie here already.
  int socket() const { return connection_.socket(); }
  bool has_event() const { return !events_.empty(); }

  // What the configuration has to say to the user, once for each start.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // What isle-fetch has shut itself in with: "user" "capabilities" "landlock" "seccomp".
  const std::vector<std::string>& walls() const { return walls_; }

 private:
  explicit Fetcher(FetchConnection connection) : connection_(std::move(connection)) {}

  FetchConnection connection_;
  std::uint64_t last_ticket_ = 0;
  std::deque<FetchEvent> events_;
  std::vector<std::string> warnings_, walls_;

  Result<std::uint64_t> send(json::Value request, int fd = -1);
  // Sends and waits for the answer of that ticket; what comes for others is kept.
  Result<Packet> ask(json::Value request, int fd = -1);
};

}  // namespace isle::image
