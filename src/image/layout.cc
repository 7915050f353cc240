#include "image/layout.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "image/layer/unpacker.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

constexpr std::size_t kMaxDocument = 4 << 20;  // what registries accept, too
constexpr int kMaxDepth = 3;                   // an index of indexes is odd, deeper is a trap
constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";

Result<std::string> read_small(int directory, const std::string& name) {
  const kernel::UniqueFd file = TRY(kernel::open_at(directory, name, O_RDONLY));
  return TRY_STEP(kernel::read_all(file.get(), kMaxDocument), quoted(name));
}

bool has_name(const oci::Descriptor& descriptor, std::string_view name) {
  if (name.empty()) return true;
  const auto found = descriptor.annotations.find(std::string(kRefName));
  return found != descriptor.annotations.end() && found->second == name;
}

bool is_for_us(const oci::Descriptor& descriptor) {
  return !descriptor.platform || oci::runs_on(*descriptor.platform, oci::host_platform());
}

Result<void> check_config(const LayoutImage& image) {
  if (image.config.rootfs.diff_ids.size() != image.manifest.layers.size()) {
    return fail(ErrorKind::Corrupt,
                format("the configuration names {} layers, the manifest {}",
                       image.config.rootfs.diff_ids.size(),
                       image.manifest.layers.size()));
  }
  return {};
}

}  // namespace

Result<Layout> Layout::open(const HostPath& directory) {
  Layout layout(TRY(kernel::open_file(directory, O_RDONLY | O_DIRECTORY)));
  const std::string text = TRY(read_small(layout.directory_.get(), "oci-layout"));
  TRY_STEP(oci::check_layout(text), quoted(directory.str() + "/oci-layout"));
  return layout;
}

Result<kernel::UniqueFd> Layout::open_blob(const oci::Descriptor& descriptor) const {
  const std::string path =
      format("blobs/{}/{}", descriptor.digest.algorithm(), descriptor.digest.hex());
  // Not to wait for ever on a fifo somebody put there.
  kernel::UniqueFd blob = TRY(kernel::open_at(directory_.get(), path, O_RDONLY | O_NONBLOCK));
  struct stat found{};
  if (fstat(blob.get(), &found) != 0) return fail_call(errno, format("stat({})", path));
  if (!S_ISREG(found.st_mode)) {
    return fail(ErrorKind::Corrupt, format("blob {} is no file", descriptor.digest.short_hex()));
  }
  if (found.st_size == descriptor.size) return blob;
  return fail(ErrorKind::Corrupt,
              format("blob {} has {} bytes, not {}",
                     descriptor.digest.short_hex(),
                     found.st_size,
                     descriptor.size));
}

Result<std::string> Layout::read_document(const oci::Descriptor& descriptor) const {
  const kernel::UniqueFd blob = TRY(open_blob(descriptor));
  TRY(check_digest(blob.get(), descriptor.digest));
  return kernel::read_all(blob.get(), kMaxDocument);
}

// Breadth first would find nothing else: nested indexes list the platforms of one image.
Result<oci::Descriptor> Layout::find_manifest(const oci::Index& index,
                                              std::string_view name,
                                              int depth) const {
  for (const oci::Descriptor& descriptor : index.manifests) {
    if (!has_name(descriptor, name) || !is_for_us(descriptor)) continue;
    if (oci::is_manifest(descriptor.media_type)) return descriptor;
    if (!oci::is_index(descriptor.media_type) || depth >= kMaxDepth) continue;
    const oci::Index inner = TRY(oci::read_index(TRY(read_document(descriptor))));
    Result<oci::Descriptor> found = find_manifest(inner, {}, depth + 1);
    if (found || found.error().kind != ErrorKind::NotFound) return found;
  }
  const oci::Platform host = oci::host_platform();
  return fail(ErrorKind::NotFound,
              format("no image{} for {}/{}",
                     name.empty() ? "" : " named " + quoted(name),
                     host.os,
                     host.architecture));
}

Result<oci::Index> Layout::index() const {
  return TRY_STEP(oci::read_index(TRY(read_small(directory_.get(), "index.json"))), "index.json");
}

Result<LayoutImage> Layout::image(std::string_view name) const {
  return load(TRY(find_manifest(TRY(index()), name, 1)));
}

Result<LayoutImage> Layout::image(const oci::Descriptor& descriptor) const {
  // The very one, whatever machine it is for.
  if (oci::is_manifest(descriptor.media_type)) return load(descriptor);
  oci::Index index;
  index.manifests.push_back(descriptor);
  return load(TRY(find_manifest(index, {}, 1)));
}

Result<LayoutImage> Layout::load(oci::Descriptor descriptor) const {
  LayoutImage image;
  image.descriptor = std::move(descriptor);
  image.manifest =
      TRY_STEP(oci::read_manifest(TRY(read_document(image.descriptor))), "the image's manifest");
  if (!oci::is_image_config(image.manifest.config.media_type)) {
    return fail(ErrorKind::Unsupported,
                format("{} is no image that can be run: its configuration is of type {}",
                       image.descriptor.digest.short_hex(),
                       quoted(image.manifest.config.media_type)));
  }
  image.config = TRY_STEP(oci::read_image_config(TRY(read_document(image.manifest.config))),
                          "the image's configuration");
  TRY(check_config(image));
  return image;
}

}  // namespace isle::image
