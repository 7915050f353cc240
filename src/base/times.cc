#include "base/times.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "base/strings.h"

namespace isle {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// 292 years: what fits into 64 bits.
constexpr double kMost = 9.2e18;

struct Unit {
  std::string_view name;
  double ns;
};
// Longer names first where one begins with another.
constexpr std::array kUnits = {Unit{"ns", 1},
                               Unit{"us", 1e3},
                               Unit{"\xc2\xb5s", 1e3},
                               Unit{"ms", 1e6},
                               Unit{"s", 1e9},
                               Unit{"m", 60e9},
                               Unit{"h", 3600e9}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "12", "12.5", ".5" from the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  double scale = 1;
  bool point = false;
  bool any = false;
  std::size_t i = 0;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    value = value * 10 + (text[i] - '0');
    if (point) scale *= 10;
  }
  if (!any) return std::nullopt;
  text.remove_prefix(i);
  return value / scale;
}

std::optional<double> take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.ns;
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_duration(std::string_view text) {
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    if (!number) return std::nullopt;
    const std::optional<double> unit = take_unit(text);
    if (!unit) return std::nullopt;
    total += *number * *unit;
  }
  if (total > kMost) return std::nullopt;
  return static_cast<std::int64_t>(total);
}

// `count` digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int> take_field(std::string_view& text, char before, std::size_t count) {
  if (before != 0 && !take_char(text, before)) return std::nullopt;
  return take_digits(text, count);
}

std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take_char(text, '.')) return 0;
  std::int64_t value = 0;
  std::int64_t scale = kSecond;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    if (scale < 10) continue;  // finer than a nanosecond
    scale /= 10;
    value += (text[i] - '0') * scale;
  }
  if (i == 0) return std::nullopt;
  text.remove_prefix(i);
  return value;
}

// Seconds east of Greenwich; none: what is there is no zone.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (take_char(text, 'Z')) return 0;
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> hours = take_digits(text, 2);
  const std::optional<int> minutes = take_field(text, ':', 2);
  if (!hours || !minutes) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return west ? -seconds : seconds;
}

struct Calendar {
  std::tm parts{};
  std::int64_t fraction = 0;
  std::optional<std::int64_t> zone;
};

// HH:MM[:SS[.F]].
bool take_clock(std::string_view& text, Calendar& moment) {
  const std::optional<int> hour = take_digits(text, 2);
  const std::optional<int> minute = take_field(text, ':', 2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return false;
  moment.parts.tm_hour = *hour;
  moment.parts.tm_min = *minute;
  if (!text.starts_with(':')) return true;
  const std::optional<int> second = take_field(text, ':', 2);
  const std::optional<std::int64_t> fraction =
      second ? take_fraction(text) : std::optional<std::int64_t>();
  if (!fraction || *second > 60) return false;
  moment.parts.tm_sec = *second;
  moment.fraction = *fraction;
  return true;
}

std::optional<Calendar> read_calendar(std::string_view text) {
  Calendar moment;
  const std::optional<int> year = take_digits(text, 4);
  const std::optional<int> month = take_field(text, '-', 2);
  const std::optional<int> day = take_field(text, '-', 2);
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) {
    return std::nullopt;
  }
  moment.parts.tm_year = *year - 1900;
  moment.parts.tm_mon = *month - 1;
  moment.parts.tm_mday = *day;
  moment.parts.tm_isdst = -1;
  if (take_char(text, 'T') && !take_clock(text, moment)) return std::nullopt;
  if (text.empty()) return moment;
  moment.zone = take_zone(text);
  if (!moment.zone || !text.empty()) return std::nullopt;
  return moment;
}

// 2255 is as far as 64 bits of nanoseconds go in round numbers; what is later (or before 1684) is
// as late.
constexpr std::int64_t kMostSeconds = 9'000'000'000;

std::int64_t nanoseconds(Calendar moment) {
  const std::time_t seconds =
      moment.zone ? timegm(&moment.parts) - *moment.zone : mktime(&moment.parts);
  return std::clamp(std::int64_t{seconds}, -kMostSeconds, kMostSeconds) * kSecond + moment.fraction;
}

// "1700000000", "1700000000.123456789".
std::optional<std::int64_t> read_seconds(std::string_view text) {
  const Cut parts = cut(text, '.');
  const auto seconds = parse_uint(parts.before, "seconds");
  if (!seconds || std::cmp_greater(*seconds, kMostSeconds)) return std::nullopt;
  std::string_view rest = text.substr(parts.before.size());
  const std::optional<std::int64_t> fraction = take_fraction(rest);
  if (!fraction || !rest.empty()) return std::nullopt;
  return static_cast<std::int64_t>(*seconds) * kSecond + *fraction;
}

}  // namespace

Result<std::int64_t> parse_duration(std::string_view text, std::string_view flag) {
  if (const auto span = read_duration(text)) return *span;
  return fail(ErrorKind::InvalidArgument,
              format("--{} cannot be {}", flag, quoted(text)),
              "write a span of time, such as 30s, 1m30s, 500ms or 2h");
}

Result<std::int64_t> parse_moment(std::string_view text,
                                  std::string_view flag,
                                  std::int64_t now_ns) {
  if (const auto seconds = read_seconds(text)) return *seconds;
  if (const auto span = read_duration(text)) return now_ns - *span;
  if (const auto moment = read_calendar(text)) return nanoseconds(*moment);
  return fail(
      ErrorKind::InvalidArgument,
      format("--{} cannot be {}", flag, quoted(text)),
      "write a time, such as 2025-01-31T12:00:00Z, 2025-01-31 or seconds since 1970, or how "
      "long ago it was, such as 10m");
}

Result<std::int64_t> parse_log_time(std::string_view text) {
  const std::optional<Calendar> moment = read_calendar(text);
  if (moment && moment->zone) return nanoseconds(*moment);
  return fail(ErrorKind::Corrupt, format("{} is no time", quoted(text)));
}

}  // namespace isle
