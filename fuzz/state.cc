// state.json, after whatever a crash, a disk or an editor did to it: an error or a state that can
// be written and read back.

#include "check.h"
#include "runtime/state/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isle;
  const auto state = runtime::parse_state(fuzz::text_of(data, size));
  if (!state) {
    fuzz::check(!state.error().describe().empty(), "an error has words");
    return 0;
  }
  fuzz::check(state->pid.value >= 0 && state->creator.value >= 0, "no negative process numbers");
  const std::string written = runtime::write_state(*state);
  const auto again = runtime::parse_state(written);
  fuzz::check(again.has_value(), "what was written can be read");
  fuzz::check(runtime::write_state(*again) == written, "reading changes nothing");
  return 0;
}
