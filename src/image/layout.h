#pragma once
// An OCI image layout: a directory with oci-layout, index.json and blobs/ALGORITHM/HEX. Source:
// image-spec image-layout.md. Nothing in it is believed before its size and digest are checked.

#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "oci/image.h"

namespace isle::image {

struct LayoutImage {
  oci::Descriptor descriptor;  // of the manifest
  oci::Manifest manifest;      // layers and diffIDs are equally many
  oci::ImageConfig config;     // its digest, manifest.config.digest, is the image's id
};

class Layout {
 public:
  // Unsupported: another version; NotFound: no layout.
  static Result<Layout> open(const HostPath& directory);

  // The image for this machine's platform. `name` is an org.opencontainers.image.ref.name of the
  // index, or empty for whichever comes first.
  Result<LayoutImage> image(std::string_view name) const;
  // The image whose manifest (or index) this descriptor, of the index, names.
  Result<LayoutImage> image(const oci::Descriptor& descriptor) const;
  Result<oci::Index> index() const;
  // The blob, of the right size. Its digest is checked by who reads it (isle-unpack).
  Result<kernel::UniqueFd> open_blob(const oci::Descriptor& descriptor) const;

 private:
  kernel::UniqueFd directory_;
  explicit Layout(kernel::UniqueFd directory) : directory_(std::move(directory)) {}

  Result<LayoutImage> load(oci::Descriptor descriptor) const;
  Result<std::string> read_document(const oci::Descriptor& descriptor) const;
  Result<oci::Descriptor> find_manifest(const oci::Index& index,
                                        std::string_view name,
                                        int depth) const;
};

}  // namespace isle::image
