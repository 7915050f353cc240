#include "kernel/number_list.h"

#include "base/strings.h"

namespace isle::kernel {

namespace {

constexpr unsigned kHighest = 8191;  // CONFIG_NR_CPUS ends there

std::unexpected<Error> not_a_list(std::string_view text) {
  return fail(ErrorKind::InvalidArgument,
              format("{} is not a list of numbers", quoted(text)),
              "numbers and ranges divided by commas, such as 0-3,7");
}

Result<unsigned> number_of(std::string_view digits, std::string_view text) {
  const bool plain =
      !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  const auto number = parse_uint(digits, "number");
  if (!plain || !number) return not_a_list(text);
  if (*number > kHighest) {
    return fail(ErrorKind::InvalidArgument, format("{} is above {}", digits, kHighest));
  }
  return static_cast<unsigned>(*number);
}

}  // namespace

Result<std::vector<std::uint64_t>> parse_number_list(std::string_view text) {
  std::vector<std::uint64_t> words;
  for (const std::string_view part : split(text, ',')) {
    const Cut ends = cut(trim(part), '-');
    const unsigned first = TRY(number_of(ends.before, text));
    const unsigned last = ends.found ? TRY(number_of(ends.after, text)) : first;
    if (last < first) return not_a_list(text);
    if (words.size() <= last / 64) words.resize(last / 64 + 1);
    for (unsigned i = first; i <= last; ++i) words[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  return words;
}

}  // namespace isle::kernel
