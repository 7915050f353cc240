#pragma once
// Which manifest of an index is meant.

#include "base/error.h"
#include "oci/image.h"

namespace isle::image {

// "linux/arm64/v8", "linux", "arm64": what --platform takes; what is left out is the host's.
// InvalidArgument quotes the text.
Result<oci::Platform> parse_platform(std::string_view text);
// "linux/arm64/v8".
std::string platform_words(const oci::Platform& platform);

// The manifest or index that runs on `wanted`: of several the one with the newest variant it has.
// What says no platform is taken when it is alone. NotFound lists the platforms there are.
Result<oci::Descriptor> choose_manifest(const oci::Index& index, const oci::Platform& wanted);

}  // namespace isle::image
