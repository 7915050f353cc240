#pragma once
// Blobs as they came: manifests, configurations, packed layers, by their digest. They make a push
// send the very bytes that were pulled, an interrupted pull go on, and repair without a network.
// A file that has a name here is whole and its digest was right when it got the name.

#include <string>
#include <string_view>

#include "base/error.h"
#include "image/store.h"
#include "kernel/fd.h"
#include "oci/image.h"

namespace isle::image {

// There, and of the descriptor's size.
bool has_blob(const Store& store, const oci::Descriptor& descriptor);
// NotFound: it is not kept (any more); Corrupt: of another size.
Result<kernel::UniqueFd> open_blob(const Store& store, const oci::Descriptor& descriptor);
// A document, of at most 4 MiB.
Result<std::string> read_blob(const Store& store, const oci::Descriptor& descriptor);
// A document whose digest is known to be this one (image/layer/unpacker.h has digest_of). Nothing
// is done when the blob is there.
Result<void> put_blob(const Store& store, const oci::Digest& digest, std::string_view bytes);
// A copy of what `from` holds, checked. Nothing is done when the blob is there.
Result<void> copy_blob(const Store& store, const oci::Descriptor& descriptor, int from);

// A blob that is being written and whose digest is known at the end. Without publish nothing stays.
class StagedBlob {
 public:
  static Result<StagedBlob> create(const Store& store);
  StagedBlob(StagedBlob&&) = default;
  StagedBlob& operator=(StagedBlob&&) = default;
  StagedBlob(const StagedBlob&) = delete;
  StagedBlob& operator=(const StagedBlob&) = delete;
  ~StagedBlob();

  int fd() const { return file_.get(); }  // to read and write
  Result<void> publish(const Store& store, const oci::Digest& digest);

 private:
  kernel::UniqueFd directory_, file_;
  std::string name_;  // empty: published, or moved from
  StagedBlob() = default;
};

}  // namespace isle::image
