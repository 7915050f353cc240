#include "image/push_form.h"

#include <string>

#include "base/json.h"
#include "base/strings.h"
#include "image/blobs.h"
#include "image/layer/unpacker.h"

namespace isle::image {
namespace {

namespace media_type = oci::media_type;

Result<void> pack_layers(const Store& store, oci::Compression compression, WholeImage& image) {
  for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
    oci::Descriptor& layer = image.manifest.layers[i];
    if (oci::layer_compression(layer.media_type) == compression) continue;
    const kernel::UniqueFd file = TRY(open_blob(store, layer));
    StagedBlob staged = TRY(StagedBlob::create(store));
    const PackedBlob packed = TRY_STEP(convert_to(store, compression, file.get(), staged.fd()),
                                       format("pack layer {}", layer.digest.short_hex()));
    if (packed.diff_id != image.config.rootfs.diff_ids[i]) {
      return fail(ErrorKind::Corrupt,
                  format("layer {} is not what its image says", layer.digest.short_hex()),
                  "isle system check --repair");
    }
    TRY(staged.publish(store, packed.descriptor.digest));
    layer = packed.descriptor;
  }
  return {};
}

}  // namespace

Result<ManifestForm> parse_manifest_form(std::string_view text) {
  if (text == "oci") return ManifestForm::Oci;
  if (text == "v2s2" || text == "docker") return ManifestForm::Docker;
  return fail(ErrorKind::InvalidArgument,
              format("{} is no form of a manifest", quoted(text)),
              text == "v2s1" ? "docker's schema 1 is read by nobody any more: oci or v2s2"
                             : "there are oci and v2s2");
}

Result<oci::Compression> parse_push_compression(std::string_view text) {
  if (text == "gzip") return oci::Compression::Gzip;
  if (text == "zstd") return oci::Compression::Zstd;
  return fail(ErrorKind::InvalidArgument,
              format("layers cannot be packed with {}", quoted(text)),
              "there are gzip and zstd");
}

Result<void> take_form(const Store& store, const PushForm& form, WholeImage& image) {
  if (!form.manifest && !form.compression) return {};
  if (form.compression) TRY(pack_layers(store, *form.compression, image));
  if (form.manifest == ManifestForm::Docker) {
    TRY(to_docker_types(image.manifest));
  } else {
    // zstd's name, and that of whatever was packed here, is OCI's.
    static_cast<void>(oci::to_oci_types(image.manifest));
  }
  image.manifest_bytes = json::write(oci::write_manifest(image.manifest));
  image.descriptor.media_type = image.manifest.media_type;
  image.descriptor.digest = TRY(digest_of(image.manifest_bytes));
  image.descriptor.size = std::ssize(image.manifest_bytes);
  return {};
}

}  // namespace isle::image
