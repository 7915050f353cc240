#include "islet/duration.h"

#include <charconv>

#include "base/strings.h"

namespace isle::islet {

namespace {

// Nanoseconds of a unit; 0: there is none of that name.
double length_of(std::string_view unit) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
  for (const auto& [name, length] : kUnits) {
    if (name == unit) return length;
  }
  return 0;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text, std::string_view what) {
  const auto refuse = [&] {
    return fail(ErrorKind::InvalidArgument,
                format("{} {} is no length of time", what, quoted(text)),
                "a number with a unit, such as 500ms, 5s or 1m30s, and more than 0");
  };
  double total = 0;
  for (std::string_view rest = text; !rest.empty();) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::string_view unit = rest.substr(0, rest.find_first_of("0123456789."));
    rest.remove_prefix(unit.size());
    if (error != std::errc() || number < 0 || length_of(unit) == 0) return refuse();
    total += number * length_of(unit);
  }
  constexpr double kLongest = 9e18;
  if (total < 1 || total > kLongest) return refuse();
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

}  // namespace isle::islet
