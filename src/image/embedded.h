#pragma once
// The image that is always there: an OCI layout the build makes and installs with isle
// (share/isle/images/NAME), unpacked into the user's store when first asked for. Afterwards a
// stat of the layout's index and two small files are all it costs.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/load.h"
#include "image/reference.h"
#include "image/store.h"

namespace isle::image {

// Whether isle comes with an image of that name; it may not be unpacked yet.
bool is_embedded(const Reference& reference);

// nullopt: no such image is installed. Only a plain short name with the tag "latest" means one.
Result<std::optional<Loaded>> embedded_image(const Store& store, const Reference& reference);
// The ids of those that were unpacked.
std::vector<oci::Digest> built_in_images(const Store& store);
// "busybox:latest" ...
std::vector<std::string> embedded_names();

}  // namespace isle::image
