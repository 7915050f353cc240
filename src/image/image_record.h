#pragma once
// One image of the store as its file says: everything a run needs, so that it reads one file.
//
// Its documents and layers lie in the blob store as they came (blobs.h): the manifest is blob
// `descriptor`, the configuration `manifest.config`, the layers `manifest.layers`. A layer's blob
// may be missing (pruned, or the layer was there already, packed otherwise): whoever needs its
// bytes packs the unpacked layer anew or says so.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/reference.h"
#include "image/store.h"
#include "oci/image.h"

namespace isle::image {

struct ImageRecord {
  oci::Digest id;              // of the configuration
  oci::Descriptor descriptor;  // of the manifest the image came with, or was made with
  oci::Manifest manifest;      // as many layers as config.rootfs.diff_ids, lowest first
  oci::ImageConfig config;
  // Directories below layers/ that make its root file system, lowest first: one for each layer,
  // and those that resolve what layers cannot know alone (layer/chain.h). save_image fills it in.
  std::vector<std::string> stack;

  std::int64_t size() const;  // bytes of its blobs
};

// Absent is nullopt.
Result<std::optional<ImageRecord>> load_image(const Store& store, const oci::Digest& id);
Result<std::optional<ImageRecord>> load_image(const Store& store, const Reference& reference);
// Every layer has to be there. The record's id must be the digest of a configuration that is in
// the blob store, as the manifest has to be.
Result<void> save_image(const Store& store, ImageRecord& record);
// Ids that start with these hex digits; all for "".
Result<std::vector<oci::Digest>> images_with_prefix(const Store& store, std::string_view hex);

}  // namespace isle::image
