#include "kernel/rlimit.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace isle::kernel {

namespace {
struct Row {
  int number;
  std::string_view name;  // docker's; RLIMIT_ and capitals make the kernel's
};

constexpr auto kRows = std::to_array<Row>({
    {RLIMIT_AS, "as"},
    {RLIMIT_CORE, "core"},
    {RLIMIT_CPU, "cpu"},
    {RLIMIT_DATA, "data"},
    {RLIMIT_FSIZE, "fsize"},
    {RLIMIT_LOCKS, "locks"},
    {RLIMIT_MEMLOCK, "memlock"},
    {RLIMIT_MSGQUEUE, "msgqueue"},
    {RLIMIT_NICE, "nice"},
    {RLIMIT_NOFILE, "nofile"},
    {RLIMIT_NPROC, "nproc"},
    {RLIMIT_RSS, "rss"},
    {RLIMIT_RTPRIO, "rtprio"},
    {RLIMIT_RTTIME, "rttime"},
    {RLIMIT_SIGPENDING, "sigpending"},
    {RLIMIT_STACK, "stack"},
});
static_assert(kRows.size() == RLIMIT_NLIMITS);

std::string known_names() {
  std::string names;
  for (const Row& row : kRows) names.append(names.empty() ? "" : " ").append(row.name);
  return names;
}

Result<std::uint64_t> parse_side(std::string_view text) {
  if (text == "unlimited" || text == "-1") return std::uint64_t{RLIM_INFINITY};
  return TRY(parse_uint(text, "resource limit"));
}

std::string side_words(std::uint64_t value) {
  return value == RLIM_INFINITY ? "unlimited" : format("{}", value);
}
}  // namespace

Result<int> parse_rlimit_name(std::string_view text) {
  const std::string name = lower(text);
  std::string_view bare = name;
  if (bare.starts_with("rlimit_")) bare.remove_prefix(7);
  const auto* row = std::ranges::find(kRows, bare, &Row::name);
  if (row != kRows.end()) return row->number;
  return fail(ErrorKind::InvalidArgument,
              format("unknown resource limit {}", quoted(text)),
              "the limits are: " + known_names());
}

std::string rlimit_name(int number) {
  std::string name = "RLIMIT_";
  const auto* row = std::ranges::find(kRows, number, &Row::number);
  if (row == kRows.end()) return name + format("{}", number);
  for (char c : row->name) name += static_cast<char>(c - 'a' + 'A');
  return name;
}

Result<RlimitValue> parse_rlimit_value(std::string_view text) {
  const Cut sides = cut(text, ':');
  RlimitValue value;
  value.soft = TRY(parse_side(sides.before));
  value.hard = sides.found ? TRY(parse_side(sides.after)) : value.soft;
  if (value.soft > value.hard) {
    return fail(ErrorKind::InvalidArgument,
                format("soft limit {} is above the hard limit {}",
                       side_words(value.soft),
                       side_words(value.hard)));
  }
  return value;
}

std::string format_rlimit(const RlimitValue& value) {
  return side_words(value.soft) + ":" + side_words(value.hard);
}

}  // namespace isle::kernel
