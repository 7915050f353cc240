#include "base/byte_size.h"

#include <cstdlib>
#include <string>

#include "base/strings.h"

namespace isle {

namespace {

std::unexpected<Error> bad_size(std::string_view text, std::string_view what) {
  return fail(ErrorKind::InvalidArgument,
              format("{}: {} is not a size", what, quoted(text)),
              "write a number and a unit, such as 512m or 1.5g (b, k, m, g, t, p, e)");
}

// Power of 1024 of "k", "kb", "KiB"; -1 if it is no unit.
int unit_power(std::string_view unit) {
  const std::string word = lower(unit);
  if (word.empty() || word == "b") return 0;
  const std::size_t power = std::string_view("bkmgtpe").find(word[0]);
  const std::string_view rest = std::string_view(word).substr(1);
  if (power == std::string_view::npos || power == 0) return -1;
  return rest.empty() || rest == "b" || rest == "ib" ? static_cast<int>(power) : -1;
}

}  // namespace

Result<std::int64_t> parse_byte_size(std::string_view text, std::string_view what) {
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const std::string number(text.substr(0, digits));
  const int power = digits == std::string_view::npos ? 0 : unit_power(trim(text.substr(digits)));
  if (number.empty() || number == "." || power < 0) return bad_size(text, what);
  const Cut parts = cut(number, '.');
  if (parts.after.find('.') != std::string_view::npos) return bad_size(text, what);
  const std::int64_t unit = std::int64_t{1} << (10 * power);
  const double value = std::strtod(number.c_str(), nullptr) * static_cast<double>(unit);
  // Below 2^63: what a double holds of it is exact enough to convert.
  if (value >= 9.2e18) return bad_size(text, what);
  if (parts.found) return static_cast<std::int64_t>(value);
  return TRY(parse_int(number, what)) * unit;
}

}  // namespace isle
