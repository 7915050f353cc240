#pragma once
// What all targets share: a property that does not hold ends the run as a crash, and the input that
// broke it is kept.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace isle::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void check(bool holds, const char* what) {
  if (holds) return;
  static_cast<void>(std::fprintf(stderr, "the property does not hold: %s\n", what));
  std::abort();
}

}  // namespace isle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
