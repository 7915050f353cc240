#pragma once
// Who needs what in the store: names and containers need images, images need layers and blobs. All
// of it is read from the files themselves, so it is true whatever happened before.

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/image_record.h"
#include "image/store.h"

namespace isle::image {

struct ImageUse {
  ImageRecord record;
  std::vector<std::string> names;       // "docker.io/library/busybox:latest", "...@sha256:..."
  std::vector<std::string> containers;  // ids
  std::vector<std::string> lists;       // manifest lists that name it
  bool built_in = false;                // came with isle

  bool has_tag() const;
};

struct Use {
  std::map<oci::Digest, ImageUse> images;
  // Who needs a directory of layers/, and a blob (by its hex digits), in words: "image 0123".
  using Needed = std::map<std::string, std::vector<std::string>, std::less<>>;
  Needed layers, blobs;
  // Records that cannot be read. What they need is not known: as long as there are any, nothing
  // is to be removed.
  std::vector<Error> broken;
  std::vector<std::string> dangling_names;  // that lead to no image
};

Result<Use> read_use(const Store& store);

// What a container needs, beside its files: written by prepare_snapshot.
struct MountedImage {
  std::string id;
  std::vector<std::string> layers;
};
struct ContainerImage {
  std::string id;                     // of the image, as text; empty with --rootfs
  std::vector<std::string> layers;    // directories of layers/
  std::vector<MountedImage> mounted;  // --mount type=image
};
Result<ContainerImage> read_container_image(const Store& store, std::string_view container);
Result<void> write_container_image(const Store& store,
                                   std::string_view container,
                                   const ContainerImage& image);

}  // namespace isle::image
