#pragma once
// The form an image is to have where it is sent: media types, and how its layers are packed. Its
// configuration, and so its id, stays; manifest and blobs are others.

#include <optional>
#include <string_view>

#include "base/error.h"
#include "image/make_image.h"
#include "image/store.h"
#include "oci/media_type.h"

namespace isle::image {

struct PushForm {
  std::optional<ManifestForm> manifest;         // absent: as it came
  std::optional<oci::Compression> compression;  // absent: as it came
};
// "oci", "v2s2"; "gzip", "zstd". InvalidArgument quotes others.
Result<ManifestForm> parse_manifest_form(std::string_view text);
Result<oci::Compression> parse_push_compression(std::string_view text);

// Blobs that are packed otherwise are put into the store; what keeps them is a lease of the
// caller's.
Result<void> take_form(const Store& store, const PushForm& form, WholeImage& image);

}  // namespace isle::image
