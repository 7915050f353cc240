#pragma once
// Talks to isle-unpack (image/unpack_program): one process a request, the blob on its standard
// input, one line of JSON back.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "oci/digest.h"

namespace isle::image {

// The reply of a request that went well; what isle-unpack complained of comes back as our error.
// `blob` -1: nothing to read. `output` becomes its descriptor 3, for requests that write.
Result<json::Value> ask_unpacker(const std::vector<std::string>& arguments,
                                 int blob,
                                 int output = -1);

// Whether the whole of `blob` has this digest: Corrupt if not. The file offset is put back to 0.
Result<void> check_digest(int blob, const oci::Digest& digest);

// The SHA-256 of a document. isle links no hash: this starts isle-unpack, 4 ms.
Result<oci::Digest> digest_of(std::string_view bytes);

}  // namespace isle::image
