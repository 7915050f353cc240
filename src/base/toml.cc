#include "base/toml.h"

#include <algorithm>

#include "base/strings.h"

namespace isle {

bool is_beyond_ascii(char letter) { return static_cast<unsigned char>(letter) > 0x7f; }

Result<toml::table> read_toml(std::string_view text, const std::string& name) {
  std::string ascii(text);
  std::ranges::replace_if(ascii, is_beyond_ascii, '?');
  try {
    return toml::parse(ascii);
  } catch (const toml::parse_error& error) {
    return fail(
        ErrorKind::InvalidArgument,
        format("{}, line {}: {}", quoted(name), error.source().begin.line, error.description()));
  }
}

}  // namespace isle
