// What stands behind -p and --expose: no crash, and what is understood names ports there are.

#include "check.h"
#include "network/ports.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using isle::fuzz::check;
  const std::string_view text = isle::fuzz::text_of(data, size);
  for (const auto& wish : {isle::network::parse_port(text), isle::network::parse_exposed(text)}) {
    if (!wish) {
      check(!wish.error().message.empty(), "a refusal has words");
      continue;
    }
    check(wish->count >= 1, "there is one port at least");
    check(wish->container_port >= 1, "ports begin at 1");
    check(wish->container_port + wish->count - 1 <= 65535, "the last inside is a port");
    check(wish->host_port + wish->count - 1 <= 65535, "the last outside is a port");
  }
  return 0;
}
