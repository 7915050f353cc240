// The only file that compiles fmt: users of the header see declarations.
#define FMT_HEADER_ONLY 1
#include "base/strings.h"

#include <charconv>

#include <fmt/format.h>

namespace isle {

std::string vformat(fmt::string_view pattern, fmt::format_args args) {
  return fmt::vformat(pattern, args);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Cut cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {.before = text, .after = {}, .found = false};
  return {.before = text.substr(0, at), .after = text.substr(at + 1), .found = true};
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) text += separator;
    text += parts[i];
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

namespace {
template <typename T>
Result<T> parse_number(std::string_view text, std::string_view what, int base) {
  T value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code == std::errc::result_out_of_range) {
    return fail(ErrorKind::InvalidArgument, format("{} {} is out of range", what, quoted(text)));
  }
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) {
    return fail(ErrorKind::InvalidArgument, format("{} {} is not a number", what, quoted(text)));
  }
  return value;
}
}  // namespace

Result<long long> parse_int(std::string_view text, std::string_view what) {
  return parse_number<long long>(text, what, 10);
}

Result<unsigned long long> parse_uint(std::string_view text, std::string_view what, int base) {
  return parse_number<unsigned long long>(text, what, base);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

}  // namespace isle
