// registries.conf and auth.json: a document is read, or refused in words; what is read can be
// asked.

#include <string>

#include "base/json.h"
#include "check.h"
#include "image/credentials.h"
#include "image/fetch_program/registries.h"

namespace {

using namespace isle;

void registries(std::string_view text) {
  auto read = image::parse_registries(text, "file");
  if (!read) {
    fuzz::check(!read.error().describe().empty(), "a refusal has words");
    return;
  }
  const std::string name = "example.com/team/box";
  if (const image::RegistryEntry* entry = image::find_entry(*read, name)) {
    fuzz::check(image::relocate(*entry, "", name) == name, "no location leaves a name as it is");
    for (const image::Mirror& mirror : entry->mirrors) {
      fuzz::check(image::relocate(*entry, mirror.location, name).starts_with(mirror.location),
                  "a mirror stands before the rest");
    }
  }
  const auto meanings = image::meanings(*read, "box:1");
  fuzz::check(!meanings || !meanings->empty(), "a short name has a meaning or is refused");
  image::Registries base;
  image::merge(base, std::move(*read));
}

void credentials(std::string_view text) {
  auto document = json::parse(text);
  if (!document) return;
  const auto found = image::find_in(*document, "example.com", "team/box");
  fuzz::check(!found || !*found || !(*found)->empty(), "what is found is something");
  static_cast<void>(image::helper_for(*document, "docker.io"));
  image::put_into(*document, "example.com/team/box", {.user = "joe", .password = "secret"});
  const auto again = image::find_in(*document, "example.com", "team/box");
  fuzz::check(again && *again && (*again)->password == "secret", "what is put in is found");
  fuzz::check(image::take_from(*document, "example.com/team/box"), "and can be taken out");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  registries(fuzz::text_of(data, size));
  credentials(fuzz::text_of(data, size));
  return 0;
}
