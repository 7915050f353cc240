#pragma once
// Which manifest of an index is meant.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "oci/image.h"

namespace isle::image {

// "linux/arm64/v8", "linux", "arm64": what --platform takes; what is left out is the host's.
// InvalidArgument quotes the text.
Result<oci::Platform> parse_platform(std::string_view text);
// docker's --platform, and podman's --os, --arch and --variant for its parts.
struct PlatformWords {
  std::string whole, os, architecture, variant;
};
// What they say together; absent: nothing. InvalidArgument: the whole beside a part.
Result<std::optional<oci::Platform>> platform_of(const PlatformWords& words);
// "linux/arm64/v8".
std::string platform_words(const oci::Platform& platform);

// The manifest or index that runs on `wanted`: of several the one with the newest variant it has.
// What says no platform is taken when it is alone. NotFound lists the platforms there are.
Result<oci::Descriptor> choose_manifest(const oci::Index& index, const oci::Platform& wanted);

}  // namespace isle::image
