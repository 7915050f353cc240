#pragma once
// Which system calls are steps of isolation, and what they say (see trace.h).

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace isle::toolbox {

struct RawCall {
  std::uint64_t number = 0;
  std::array<std::uint64_t, 6> arguments{};
  // Of the traced process' memory: text up to a zero byte; eight bytes.
  std::function<std::string(std::uint64_t)> text;
  std::function<std::uint64_t(std::uint64_t)> word;
};
struct CallWords {
  std::string call, about;
};
// nullopt: it isolates nothing.
std::optional<CallWords> words_of_call(const RawCall& call);

}  // namespace isle::toolbox
