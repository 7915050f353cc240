#include "options/values.h"

#include <unistd.h>

#include <climits>
#include <limits>

#include "base/byte_size.h"
#include "base/strings.h"

namespace isle::options {
namespace {

std::string clean_path(std::string_view path) {
  std::string out;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
      continue;
    }
    out += '/';
    out += part;
  }
  return out.empty() ? "/" : out;
}

}  // namespace

Result<std::int64_t> parse_size(std::string_view text, std::string_view flag) {
  return parse_byte_size(text, format("--{}", flag));
}

Result<std::int64_t> parse_limit(std::string_view text, std::string_view flag) {
  if (text == "-1") return -1;
  return parse_size(text, flag);
}

Result<std::int64_t> parse_between(std::string_view text,
                                   std::string_view flag,
                                   std::int64_t least,
                                   std::int64_t most) {
  const std::int64_t value = TRY(parse_int(text, format("--{}:", flag)));
  if (value >= least && value <= most) return value;
  if (most == std::numeric_limits<std::int64_t>::max()) {
    return fail(ErrorKind::InvalidArgument, format("--{}: {} is less than {}", flag, value, least));
  }
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is not between {} and {}", flag, value, least, most));
}

Result<std::pair<std::string, std::string>> parse_pair(std::string_view text,
                                                       std::string_view flag,
                                                       bool bare_is_empty) {
  const Cut parts = cut(text, '=');
  if (parts.before.empty() || (!parts.found && !bare_is_empty)) {
    return fail(ErrorKind::InvalidArgument,
                format("--{}: {} is not NAME=value", flag, quoted(text)));
  }
  return std::pair(std::string(parts.before), std::string(parts.after));
}

Result<void> check_list(std::string_view text, std::string_view flag) {
  for (std::string_view part : split(text, ',')) {
    const Cut range = cut(part, '-');
    const auto first = parse_uint(range.before, "");
    const auto last = range.found ? parse_uint(range.after, "") : first;
    if (first && last && *first <= *last) continue;
    return fail(ErrorKind::InvalidArgument,
                format("--{}: {} is not a list of numbers", flag, quoted(text)),
                "write single numbers and ranges, such as 0-3,7");
  }
  return {};
}

Result<std::string> absolute_path(std::string_view path) {
  if (path.starts_with('/')) return clean_path(path);
  char here[PATH_MAX];
  if (getcwd(here, sizeof here) == nullptr) return fail_call(errno, "getcwd()");
  return clean_path(format("{}/{}", here, path));
}

Result<std::string> inside_path(std::string_view path, std::string_view flag) {
  if (path.starts_with('/') && path.find('\n') == std::string_view::npos) return clean_path(path);
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is not an absolute path", flag, quoted(path)),
              "paths inside the container begin with /");
}

}  // namespace isle::options
