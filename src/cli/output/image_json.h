#pragma once
// An image as `inspect` shows it: docker's and podman's members.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "image/image_record.h"
#include "image/store.h"

namespace isle::cli {

Result<json::Value> image_json(const image::Store& store, const image::ImageRecord& record);

// The image that a name or id means, with its record. As image::resolve, which unpacks an installed
// one first.
Result<image::ImageRecord> find_image(const image::Store& store, std::string_view name);

// The unpacked bytes of the files of a layer; 0 if it is not known.
std::int64_t layer_bytes(const image::Store& store, const oci::Digest& diff_id);

}  // namespace isle::cli
