#pragma once
// Images in files and directories of other people: docker-archive (docker save), oci-archive (an
// OCI layout in a tar), each plain or compressed, oci-dir (an OCI layout) and docker-dir (a
// manifest and its blobs, as skopeo's "dir:"). Nothing of them is believed: tar is read by
// isle-unpack, shut in, and every blob is known by the digest it was found to have.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/archive/staged_layout.h"
#include "image/layout.h"
#include "image/load.h"
#include "image/reference.h"
#include "image/store.h"

namespace isle::image {

struct ArchivedImage {
  oci::Descriptor descriptor;          // of its manifest, or of an index
  std::vector<Reference> names;        // that the archive gives it
  std::vector<std::string> odd_names;  // those that are none: an OCI layout may have a tag alone
};

class OpenArchive {
 public:
  // A directory, or a file (which may be a pipe). Unsupported: none of these kinds.
  static Result<OpenArchive> at(const Store& store, const HostPath& path);
  static Result<OpenArchive> in(const Store& store, int file);

  const std::vector<ArchivedImage>& images() const { return images_; }
  // Into the store, without a name.
  Result<Loaded> load(const Store& store, const ArchivedImage& image) const;

 private:
  std::optional<StagedLayout> staged_;
  std::optional<Layout> layout_;
  std::vector<ArchivedImage> images_;

  Result<void> take_oci(Layout layout);
  Result<void> take_docker(const class ArchiveMembers& members);
  Result<void> take_docker_directory(int directory);
};

}  // namespace isle::image
