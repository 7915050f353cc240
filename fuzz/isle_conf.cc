// isle.conf: flags are read, or the file is refused by line.

#include "check.h"
#include "cli/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isle;
  const auto flags = cli::parse_config(fuzz::text_of(data, size), "file");
  if (!flags) {
    fuzz::check(flags.error().message.starts_with("\"file\", line "), "a refusal names the line");
    return 0;
  }
  for (const cli::ConfiguredFlag& flag : *flags) {
    fuzz::check(!flag.place.empty(), "a flag stands somewhere");
  }
  return 0;
}
