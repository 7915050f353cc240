#pragma once
// Why: values that several options share are read in one way. Every complaint names the flag.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace isle::options {

// "512", "64k", "1.5g": bytes (base/byte_size.h).
Result<std::int64_t> parse_size(std::string_view text, std::string_view flag);
// Of a limit: "-1" too, which is none.
Result<std::int64_t> parse_limit(std::string_view text, std::string_view flag);
// From `least` to `most`.
Result<std::int64_t> parse_between(std::string_view text,
                                   std::string_view flag,
                                   std::int64_t least,
                                   std::int64_t most);
// "NAME=value"; the name is not empty. With `bare_is_empty`, "NAME" has an empty value.
Result<std::pair<std::string, std::string>> parse_pair(std::string_view text,
                                                       std::string_view flag,
                                                       bool bare_is_empty);
// "0-3,7".
Result<void> check_list(std::string_view text, std::string_view flag);
// Against the working directory; "." and ".." are taken out by words, links are kept.
Result<std::string> absolute_path(std::string_view path);
// The same for a path inside, which must be absolute already.
Result<std::string> inside_path(std::string_view path, std::string_view flag);

}  // namespace isle::options
