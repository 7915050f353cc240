#pragma once
// Puts an unpacked layer into the store: staging → syncfs → one rename → fsync of the parent, so
// that a layer that is there is whole, also after a power failure. A lock per layer keeps two
// unpackers of one layer apart; readers take none.

#include <string>
#include <vector>

#include "base/error.h"
#include "image/store.h"
#include "kernel/fd.h"
#include "oci/digest.h"

namespace isle::image {

struct LayerRequest {
  oci::Digest digest;   // of the blob
  oci::Digest diff_id;  // of the archive in it
  const kernel::UniqueFd& blob;
};

bool has_layer(const Store& store, const oci::Digest& diff_id);

// Does nothing when the layer is there. The result: what a person should know about it.
Result<std::vector<std::string>> add_layer(const Store& store, const LayerRequest& request);

}  // namespace isle::image
