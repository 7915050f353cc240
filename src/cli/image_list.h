#pragma once
// The store's images as lists show them: a row for each name under a tag, one for images without.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/image_names.h"
#include "image/store.h"
#include "oci/digest.h"

namespace isle::cli {

struct ListedImage {
  oci::Digest id;
  std::string repository, tag;  // as people write them; empty: none
  std::string full_name;        // "docker.io/library/busybox:latest"
  std::string digest;           // "sha256:..." it has under that repository, or empty
  std::int64_t size = 0;
  std::string created;                  // as the configuration has it
  std::optional<std::int64_t> seconds;  // the same since 1970
};

// Those of the store and those installed with isle, newest first.
Result<std::vector<ListedImage>> listed_images(const image::Store& store);

struct ImageFilter {
  std::vector<std::string> filters;  // "KEY=VALUE", as --filter has them
  std::string name;                  // the operand of `images`, or empty
};
// Unsupported names a filter that is not known; NotFound the image of before= or since=.
Result<void> filter_images(const image::Store& store,
                           const ImageFilter& filter,
                           std::vector<ListedImage>& images);

// "created", "id", "repository", "size" or "tag".
Result<void> sort_images(std::string_view key, std::vector<ListedImage>& images);

}  // namespace isle::cli
