#pragma once
// What a descriptor's media type says about the content. Source: image-spec media-types.md and
// docker's distribution manifest v2.

#include <optional>
#include <string_view>

#include "oci/image.h"

namespace isle::oci {

namespace media_type {
inline constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view kLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view kDockerList =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view kDockerLayerGzip =
    "application/vnd.docker.image.rootfs.diff.tar.gzip";
}  // namespace media_type

enum class Compression : unsigned char { None, Gzip, Zstd };
std::string_view to_string(Compression compression);  // "none" "gzip" "zstd"

bool is_index(std::string_view type);
bool is_manifest(std::string_view type);
bool is_image_config(std::string_view type);
// How a layer's blob is packed; nullopt: the type is no layer isle can unpack (encrypted, an
// artifact ...).
std::optional<Compression> layer_compression(std::string_view type);

// Docker's types of a manifest, its configuration and its layers become OCI's, which mean the same.
// False: they were already.
bool to_oci_types(Manifest& manifest);

// The platform this program was built for.
Platform host_platform();
// Whether what is built for `image` runs on `host`: same system and architecture, and no newer
// variant.
bool runs_on(const Platform& image, const Platform& host);

// "type/subtype" as RFC 6838 has it.
bool is_media_type(std::string_view text);

}  // namespace isle::oci
