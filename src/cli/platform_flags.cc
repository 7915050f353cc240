#include "cli/platform_flags.h"

#include "base/strings.h"
#include "image/platform_choice.h"

namespace isle::cli {

Result<std::optional<oci::Platform>> platform_of(const PlatformWords& words) {
  const bool has_parts = !words.os.empty() || !words.architecture.empty() || !words.variant.empty();
  if (!words.whole.empty() && has_parts) {
    return fail(ErrorKind::InvalidArgument,
                "--platform says it whole: --os, --arch and --variant do not go with it",
                "such as --platform linux/arm/v7, or --arch arm --variant v7");
  }
  if (!words.whole.empty()) {
    return TRY_STEP(image::parse_platform(words.whole), "--platform");
  }
  if (!has_parts) return std::nullopt;
  const oci::Platform host = oci::host_platform();
  std::string text = format("{}/{}",
                            words.os.empty() ? host.os : words.os,
                            words.architecture.empty() ? host.architecture : words.architecture);
  if (!words.variant.empty()) text += "/" + words.variant;
  return TRY_STEP(image::parse_platform(text), "--os, --arch, --variant");
}

}  // namespace isle::cli
