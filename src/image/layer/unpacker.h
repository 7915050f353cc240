#pragma once
// Talks to isle-unpack (image/unpack_program): one process a request, the blob on its standard
// input, one line of JSON back.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "oci/digest.h"

namespace isle::image {

// The reply of a request that went well; what isle-unpack complained of comes back as our error.
Result<json::Value> ask_unpacker(const std::vector<std::string>& arguments, int blob);

// Whether the whole of `blob` has this digest: Corrupt if not. The file offset is put back to 0.
Result<void> check_digest(int blob, const oci::Digest& digest);

}  // namespace isle::image
