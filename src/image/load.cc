#include "image/load.h"

#include <cerrno>

#include <unistd.h>

#include "base/strings.h"
#include "image/blobs.h"
#include "image/layer/layer_store.h"
#include "image/lease.h"
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
  const kernel::UniqueFd blob = TRY(layout.open_blob(descriptor));
  TRY(copy_blob(store, descriptor, blob.get()));
  if (lseek(blob.get(), 0, SEEK_SET) < 0) return fail_call(errno, "lseek(blob)");
  return add_layer(store, {.digest = descriptor.digest, .diff_id = diff_id, .blob = blob});
}

// The documents as blobs of the store; the layers' came with the layers.
Result<void> keep_documents(const Store& store, const Layout& layout, const LayoutImage& image) {
  for (const oci::Descriptor* document : {&image.descriptor, &image.manifest.config}) {
    if (has_blob(store, *document)) continue;
    TRY(copy_blob(store, *document, TRY(layout.open_blob(*document)).get()));
  }
  return {};
}

}  // namespace

Result<Loaded> load_from_layout(const Store& store,
                                const HostPath& directory,
                                std::string_view name) {
  const Layout layout = TRY(Layout::open(directory));
  return load_from_layout(store, layout, TRY(layout.image(name)));
}

Result<Loaded> load_from_layout(const Store& store, const Layout& layout, LayoutImage image) {
  Lease lease = TRY(Lease::take(store));
  TRY(lease.keep_all());
  Loaded loaded;
  for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
    const std::vector<std::string> warnings =
        TRY(take_layer(store, layout, image.manifest.layers[i], image.config.rootfs.diff_ids[i]));
    loaded.warnings.insert(loaded.warnings.end(), warnings.begin(), warnings.end());
  }
  const oci::Platform& platform = image.config.platform;
  const oci::Platform host = oci::host_platform();
  if (!oci::runs_on(platform, host)) {
    loaded.warnings.push_back(format("the image is for {}/{}, this machine is {}/{}",
                                     platform.os,
                                     platform.architecture,
                                     host.os,
                                     host.architecture));
  }
  TRY(keep_documents(store, layout, image));
  loaded.record.id = image.manifest.config.digest;
  loaded.record.descriptor = std::move(image.descriptor);
  loaded.record.manifest = std::move(image.manifest);
  loaded.record.config = std::move(image.config);
  TRY(save_image(store, loaded.record));
  return loaded;
}

}  // namespace isle::image
