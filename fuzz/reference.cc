// The name of an image, as anyone may write it: no crash, and a name that is understood is
// understood the same in its long form and in its short one.

#include "image/reference.h"
#include "check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using isle::image::Reference;
  const auto reference = Reference::parse(isle::fuzz::text_of(data, size));
  if (!reference) {
    isle::fuzz::check(!reference.error().message.empty(), "a refusal has words");
    return 0;
  }
  for (const std::string& form : {reference->str(), reference->familiar()}) {
    const auto again = Reference::parse(form);
    isle::fuzz::check(again.has_value() && *again == *reference, "each form means the same");
  }
  return 0;
}
