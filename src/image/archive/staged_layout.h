#pragma once
// An OCI layout in the store's staging directory, gone at the end: what archives are taken apart
// into, so that every kind of them is loaded the same way.

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "image/store.h"
#include "kernel/fd.h"
#include "oci/image.h"

namespace isle::image {

class StagedLayout {
 public:
  static Result<StagedLayout> create(const Store& store);
  StagedLayout(StagedLayout&&) = default;
  StagedLayout& operator=(StagedLayout&&) = delete;
  StagedLayout(const StagedLayout&) = delete;
  StagedLayout& operator=(const StagedLayout&) = delete;
  ~StagedLayout();

  const HostPath& path() const { return path_; }
  HostPath blobs() const { return path_ / "blobs" / "sha256"; }

  // A document of our making; its descriptor.
  Result<oci::Descriptor> add_document(std::string_view media_type, std::string_view bytes);
  // A copy of what stands at `from`, under a digest that is checked when it is loaded.
  Result<void> add_blob(const oci::Digest& digest, int from);
  Result<kernel::UniqueFd> open_blob(const oci::Digest& digest) const;
  // oci-layout and an empty index.json, so that it can be opened as a layout.
  Result<void> finish();

 private:
  kernel::UniqueFd staging_, directory_;
  HostPath path_;
  std::string name_;  // empty: moved from
  StagedLayout() = default;
};

}  // namespace isle::image
