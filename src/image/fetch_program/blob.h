#pragma once
// One blob as one stream, over as many requests as it takes.

#include <optional>

#include "image/fetch_program/registry.h"

namespace isle::image {

struct BlobTrouble {
  Error error;
  bool taker_is_gone = false;  // nobody reads any more: no other source helps
};
using BlobFailure = std::optional<BlobTrouble>;  // nothing: it is all there

// Writes the bytes from `request.from` on, and moves `from` along, so that who comes next goes on.
BlobFailure fetch_blob(Endpoint& endpoint, BlobRequest& request);

// Where the body of an answer to "Range: bytes=FROM-" begins: FROM for 206, 0 for 200 (the server
// takes no ranges). Corrupt: 206 with another range.
Result<std::uint64_t> body_start(const HttpResponse& response, std::uint64_t from);

}  // namespace isle::image
