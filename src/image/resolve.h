#pragma once
// From what a person wrote to directories that can be mounted.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/reference.h"
#include "image/store.h"
#include "oci/image.h"

namespace isle::image {

struct ImageInfo {
  oci::Digest id;
  std::string name;              // "docker.io/library/busybox:latest"; empty when asked by id
  std::vector<HostPath> layers;  // unpacked, lowest first
  oci::ImageConfig config;
  std::vector<std::string> warnings;  // of the unpacking, if it was done now
};

// NotFound names the image and lists what is there. An image of the store wins over the one that
// is installed with isle, which is unpacked into the store when first asked for.
Result<ImageInfo> resolve(const Store& store, const Reference& reference);
// The same for what stands on a command line: a reference, an id ("sha256:..." or its hex digits)
// or the first digits of one id.
Result<ImageInfo> resolve(const Store& store, std::string_view text);

// Whether resolve would find what is written, without looking at what it finds.
bool is_here(const Store& store, std::string_view text);

}  // namespace isle::image
