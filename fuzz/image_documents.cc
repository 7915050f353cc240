// Indexes, manifests and configurations come from registries and archives that anyone may have
// made. Each reader takes the same bytes: no crash; what one has read it reads again from what is
// written of it, word for word; and of an index that was read a manifest is chosen or refused.

#include "base/json.h"
#include "check.h"
#include "image/platform_choice.h"
#include "oci/image.h"

namespace {

using namespace isle;

template <typename Read, typename Write>
auto round_trip(std::string_view text, const Read& read, const Write& write) {
  auto first = read(text);
  if (!first) return first;
  const std::string written = json::write(write(*first));
  const auto second = read(written);
  fuzz::check(second.has_value(), "what is written can be read");
  fuzz::check(json::write(write(*second)) == written, "and says the same");
  return first;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto index = round_trip(text, oci::read_index, oci::write_index);
  if (index) {
    const auto chosen =
        image::choose_manifest(*index, {.os = "linux", .architecture = "arm", .variant = "v7"});
    fuzz::check(chosen || !chosen.error().message.empty(), "a refusal has words");
  }
  static_cast<void>(round_trip(text, oci::read_manifest, oci::write_manifest));
  static_cast<void>(round_trip(text, oci::read_image_config, oci::write_image_config));
  return 0;
}
