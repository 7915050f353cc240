#pragma once
// One image of the store as its file says: everything a run needs, so that it reads one file.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/reference.h"
#include "image/store.h"
#include "oci/image.h"

namespace isle::image {

struct ImageRecord {
  oci::Digest id;         // of the configuration
  oci::Digest manifest;   // of the manifest it came with
  std::int64_t size = 0;  // bytes of its blobs
  oci::ImageConfig config;
};

// Absent is nullopt.
Result<std::optional<ImageRecord>> load_image(const Store& store, const oci::Digest& id);
Result<std::optional<ImageRecord>> load_image(const Store& store, const Reference& reference);
Result<void> save_image(const Store& store, const ImageRecord& record);
// Points the name (with its tag) at the image.
Result<void> name_image(const Store& store, const Reference& reference, const oci::Digest& id);
// Every name there is, sorted: "docker.io/library/busybox:latest".
std::vector<std::string> image_names(const Store& store);
// Ids that start with these hex digits.
Result<std::vector<oci::Digest>> images_with_prefix(const Store& store, std::string_view hex);

}  // namespace isle::image
