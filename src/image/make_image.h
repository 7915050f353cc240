#pragma once
// Images made here: by commit, import, and where the bytes of layers have to be packed anew.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/image_record.h"
#include "image/store.h"
#include "oci/image.h"
#include "oci/media_type.h"

namespace isle::image {

// What isle-unpack said of a blob that it wrote.
struct PackedBlob {
  oci::Descriptor descriptor;  // with the media type of an OCI layer
  oci::Digest diff_id;
};

struct PackOrder {
  std::vector<HostPath> roots;  // topmost first
  // A whole tree is packed as the layer that makes it of these, topmost first; with `layer`.
  std::vector<HostPath> base = {};
  bool layer = false;                // they are a layer or an upper directory: whiteouts are told
  std::vector<std::string> options;  // more of isle-unpack's: "--uid-map", "0:268435456:65536"
  oci::Compression compression = oci::Compression::Gzip;
};
// Into the blob store.
Result<PackedBlob> pack_blob(const Store& store, const PackOrder& order);
// Into a descriptor; nothing is published.
Result<PackedBlob> pack_to(const Store& store, const PackOrder& order, int output);
// The same bytes in another compression, from one descriptor into another.
Result<PackedBlob> convert_to(const Store& store, oci::Compression, int input, int output);
// An archive, of whatever compression, becomes a gzip blob of the store.
Result<PackedBlob> import_blob(const Store& store, int archive);

// Unpacks a blob of the store into its layer, unless it is there.
Result<std::vector<std::string>> unpack_blob(const Store& store, const PackedBlob& blob);

enum class ManifestForm : unsigned char { Oci, Docker };
// Docker's media types instead of OCI's. Unsupported: it has none for zstd.
Result<void> to_docker_types(oci::Manifest& manifest);

// Writes the documents of a new image and its record. Every layer has to be there.
Result<ImageRecord> make_image(const Store& store,
                               oci::ImageConfig config,
                               std::vector<oci::Descriptor> layers,
                               ManifestForm form = ManifestForm::Oci);

// What a save or a push sends: `manifest` and `config` are the documents' very bytes, every layer
// is in the blob store.
struct WholeImage {
  oci::Descriptor descriptor;
  std::string manifest_bytes, config_bytes;
  oci::Manifest manifest;
  oci::ImageConfig config;
  bool packed_anew = false;  // blobs were gone: it has other digests than it came with
};
Result<WholeImage> whole_image(const Store& store, const ImageRecord& record);
// What a person should know when it was packed anew.
std::string packed_anew_words(const ImageRecord& record, const WholeImage& whole);

// "2025-01-31T12:00:00.123456789Z".
std::string time_now();

}  // namespace isle::image
