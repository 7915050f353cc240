// Media types and platforms.
#include "oci/media_type.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::oci {
namespace {

struct LayerType {
  std::string_view name;
  Compression compression;
};

// The non-distributable forms hold the same bytes; only their licence differs.
constexpr LayerType kLayerTypes[] = {
    {media_type::kLayer, Compression::None},
    {media_type::kLayerGzip, Compression::Gzip},
    {media_type::kLayerZstd, Compression::Zstd},
    {media_type::kDockerLayer, Compression::None},
    {media_type::kDockerLayerGzip, Compression::Gzip},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", Compression::Zstd},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression::Gzip},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", Compression::None},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", Compression::None},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression::Gzip},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression::Zstd},
};

constexpr const char* kArchitecture =
#if defined(__x86_64__)
    "amd64";
#elif defined(__aarch64__)
    "arm64";
#elif defined(__riscv) && __riscv_xlen == 64
    "riscv64";
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
    "ppc64le";
#elif defined(__s390x__)
    "s390x";
#elif defined(__arm__)
    "arm";
#elif defined(__i386__)
    "386";
#else
#error "no OCI name for this architecture"
#endif

bool is_restricted_name(std::string_view text) {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 127 && alphanumeric(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return alphanumeric(c) || std::string_view("!#$&-^_.+").contains(c);
         });
}

// arm64 has v8 when it says nothing; amd64's first level is v1.
unsigned variant_level(const Platform& platform) {
  const std::string_view variant = platform.variant;
  if (variant.size() == 2 && variant[0] == 'v') return static_cast<unsigned>(variant[1] - '0');
  if (platform.architecture == "arm64") return 8;
  return platform.architecture == "arm" ? 7 : 1;
}

}  // namespace

std::string_view to_string(Compression compression) {
  switch (compression) {
    case Compression::None: return "none";
    case Compression::Gzip: return "gzip";
    case Compression::Zstd: return "zstd";
  }
  return "none";
}

bool is_index(std::string_view type) {
  return type == media_type::kIndex || type == media_type::kDockerList;
}

bool is_manifest(std::string_view type) {
  return type == media_type::kManifest || type == media_type::kDockerManifest;
}

bool is_image_config(std::string_view type) {
  return type == media_type::kConfig || type == media_type::kDockerConfig;
}

std::optional<Compression> layer_compression(std::string_view type) {
  for (const LayerType& layer : kLayerTypes) {
    if (layer.name == type) return layer.compression;
  }
  return std::nullopt;
}

Platform host_platform() {
  Platform platform;
  platform.architecture = kArchitecture;
  platform.os = "linux";
  return platform;
}

bool runs_on(const Platform& image, const Platform& host) {
  return image.os == host.os && image.architecture == host.architecture &&
         variant_level(image) <= variant_level(host);
}

bool to_oci_types(Manifest& manifest) {
  bool changed = false;
  const auto set = [&changed](std::string& type, std::string_view oci_type) {
    if (type == oci_type) return;
    type = std::string(oci_type);
    changed = true;
  };
  if (!manifest.media_type.empty()) set(manifest.media_type, media_type::kManifest);
  if (is_image_config(manifest.config.media_type)) {
    set(manifest.config.media_type, media_type::kConfig);
  }
  for (Descriptor& layer : manifest.layers) {
    if (!layer.media_type.starts_with("application/vnd.docker.")) continue;
    const Compression found = layer_compression(layer.media_type).value_or(Compression::None);
    set(layer.media_type,
        found == Compression::Gzip   ? media_type::kLayerGzip
        : found == Compression::Zstd ? media_type::kLayerZstd
                                     : media_type::kLayer);
  }
  return changed;
}

bool is_media_type(std::string_view text) {
  const Cut parts = cut(text, '/');
  return parts.found && is_restricted_name(parts.before) && is_restricted_name(parts.after);
}

}  // namespace isle::oci
