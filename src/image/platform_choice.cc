#include "image/platform_choice.h"

#include <algorithm>

#include "base/strings.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

bool is_system(std::string_view text) {
  constexpr std::string_view kSystems[] = {"linux", "windows", "darwin", "freebsd"};
  return std::ranges::find(kSystems, text) != std::end(kSystems);
}

// Names people use for what Go calls otherwise.
std::string architecture_of(std::string_view text) {
  if (text == "x86_64" || text == "x86-64") return "amd64";
  if (text == "aarch64") return "arm64";
  if (text == "i386" || text == "i686") return "386";
  return std::string(text);
}

std::string platforms_of(const oci::Index& index) {
  std::vector<std::string> words;
  for (const oci::Descriptor& descriptor : index.manifests) {
    // Attestations beside the images call themselves so.
    if (!descriptor.platform || descriptor.platform->os == "unknown") continue;
    words.push_back(platform_words(*descriptor.platform));
  }
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  return words.empty() ? "none" : join(words, ", ");
}

bool is_image(const oci::Descriptor& descriptor) {
  return oci::is_manifest(descriptor.media_type) || oci::is_index(descriptor.media_type);
}

}  // namespace

Result<std::optional<oci::Platform>> platform_of(const PlatformWords& words) {
  const bool has_parts = !words.os.empty() || !words.architecture.empty() || !words.variant.empty();
  if (!words.whole.empty() && has_parts) {
    return fail(ErrorKind::InvalidArgument,
                "--platform says it whole: --os, --arch and --variant do not go with it",
                "such as --platform linux/arm/v7, or --arch arm --variant v7");
  }
  if (!words.whole.empty()) {
    return TRY_STEP(parse_platform(words.whole), "--platform");
  }
  if (!has_parts) return std::nullopt;
  const oci::Platform host = oci::host_platform();
  std::string text = format("{}/{}",
                            words.os.empty() ? host.os : words.os,
                            words.architecture.empty() ? host.architecture : words.architecture);
  if (!words.variant.empty()) text += "/" + words.variant;
  return TRY_STEP(parse_platform(text), "--os, --arch, --variant");
}

std::string platform_words(const oci::Platform& platform) {
  std::string words = format("{}/{}", platform.os, platform.architecture);
  if (!platform.variant.empty()) words += "/" + platform.variant;
  return words;
}

Result<oci::Platform> parse_platform(std::string_view text) {
  const std::vector<std::string_view> parts = split(lower(text), '/');
  oci::Platform platform = oci::host_platform();
  const std::string lowered = lower(text);
  const std::vector<std::string_view> words = split(lowered, '/');
  const bool empty_part = std::ranges::any_of(words, [](auto part) { return part.empty(); });
  if (empty_part || words.size() > 3) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no platform", quoted(text)),
                "such as linux/arm64 or linux/arm/v7");
  }
  if (words.size() == 1 && is_system(words[0])) {
    platform.os = words[0];
    return platform;
  }
  if (words.size() > 1) platform.os = words[0];
  platform.architecture = architecture_of(words[words.size() == 1 ? 0 : 1]);
  platform.variant = words.size() == 3 ? words[2] : "";
  if (platform.architecture == "arm" && platform.variant.empty()) platform.variant = "v7";
  return platform;
}

Result<oci::Descriptor> choose_manifest(const oci::Index& index, const oci::Platform& wanted) {
  const oci::Descriptor* best = nullptr;
  for (const oci::Descriptor& descriptor : index.manifests) {
    if (!is_image(descriptor)) continue;
    const bool fits = descriptor.platform ? oci::runs_on(*descriptor.platform, wanted)
                                          : index.manifests.size() == 1;
    if (!fits) continue;
    const bool better = best != nullptr && descriptor.platform &&
                        best->platform->variant < descriptor.platform->variant;
    if (best == nullptr || better) best = &descriptor;
  }
  if (best != nullptr) return *best;
  return fail(ErrorKind::NotFound,
              format("there is no image for {}", platform_words(wanted)),
              "there are: " + platforms_of(index));
}

}  // namespace isle::image
