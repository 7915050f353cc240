#pragma once
// Why: formatting and splitting in one place. fmt is parsed by every user of this header but
// compiled only in strings.cc, which keeps compile time and the static programs small.

#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "base/error.h"

namespace isle {

std::string vformat(fmt::string_view pattern, fmt::format_args args);

// fmt's syntax, checked when compiled.
template <typename... Args>
std::string format(fmt::format_string<Args...> pattern, Args&&... args) {
  return isle::vformat(pattern, fmt::make_format_args(args...));
}

// "a,b,,c" -> {"a","b","","c"}; an empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
// Splits at the first separator; nullopt-like: second is empty and `found` false if absent.
struct Cut {
  std::string_view before;
  std::string_view after;
  bool found = false;
};
Cut cut(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string lower(std::string_view text);
// Whole text as a number, base 10; error names `what`.
Result<long long> parse_int(std::string_view text, std::string_view what);
Result<unsigned long long> parse_uint(std::string_view text, std::string_view what, int base = 10);
// "\"text\"" with control characters escaped: for messages.
std::string quoted(std::string_view text);

}  // namespace isle
