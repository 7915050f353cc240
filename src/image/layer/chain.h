#pragma once
// What a layer cannot know alone. A layer is unpacked by itself and shared between images; but a
// directory it uses without describing it has the lower layers' owner and mode, or is a link there
// ("lib" -> "usr/lib") through which its files go; and a hard link may lead to a lower layer's
// file. For each chain of lower layers where that makes a difference, a small directory above the
// layer sets it right, made of links to the same files: ROOT/layers/HEX-N.

#include <string>
#include <vector>

#include "base/error.h"
#include "image/store.h"
#include "oci/digest.h"

namespace isle::image {

// The directories of layers/ that make the root file system of these layers, lowest first. A layer
// that comes twice stands at its upper place only: overlay takes no directory twice, and the upper
// one hides all that the lower one has. Every layer has to be there.
// Errors: Corrupt: a hard link to what no layer holds.
Result<std::vector<std::string>> stack_layers(const Store& store,
                                              const std::vector<oci::Digest>& diff_ids);

}  // namespace isle::image
