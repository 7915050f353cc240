#include "image/load.h"

#include "base/strings.h"
#include "image/layer/layer_store.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

Result<std::vector<std::string>> take_layer(const Store& store,
                                            const Layout& layout,
                                            const oci::Descriptor& descriptor,
                                            const oci::Digest& diff_id) {
  if (!oci::layer_compression(descriptor.media_type)) {
    return fail(
        ErrorKind::Unsupported,
        format("a layer is of type {}, which is not supported", quoted(descriptor.media_type)));
  }
  if (has_layer(store, diff_id)) return std::vector<std::string>();
  const kernel::UniqueFd blob = TRY(layout.open_blob(descriptor));
  return add_layer(store, {.digest = descriptor.digest, .diff_id = diff_id, .blob = blob});
}

std::int64_t size_of(const oci::Manifest& manifest) {
  std::int64_t size = manifest.config.size;
  for (const oci::Descriptor& layer : manifest.layers) size += layer.size;
  return size;
}

}  // namespace

Result<Loaded> load_from_layout(const Store& store,
                                const HostPath& directory,
                                std::string_view name) {
  const Layout layout = TRY(Layout::open(directory));
  LayoutImage image = TRY(layout.image(name));
  Loaded loaded;
  for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
    const std::vector<std::string> warnings =
        TRY(take_layer(store, layout, image.manifest.layers[i], image.config.rootfs.diff_ids[i]));
    loaded.warnings.insert(loaded.warnings.end(), warnings.begin(), warnings.end());
  }
  loaded.record = {.id = image.manifest.config.digest,
                   .manifest = image.manifest_digest,
                   .size = size_of(image.manifest),
                   .config = std::move(image.config)};
  TRY(save_image(store, loaded.record));
  return loaded;
}

}  // namespace isle::image
