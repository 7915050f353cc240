#include "options/health_values.h"

#include "base/json.h"
#include "base/strings.h"
#include "base/times.h"

namespace isle::options {

namespace {
constexpr std::int64_t kLeast = 1'000'000;  // ns; docker's least, too
}  // namespace

Result<std::int64_t> parse_health_span(std::string_view value, std::string_view flag) {
  const std::int64_t span = TRY(parse_duration(value, flag));
  if (span == 0 || span >= kLeast) return span;
  return fail(ErrorKind::InvalidArgument,
              format("--{} cannot be {}", flag, quoted(value)),
              "it is at least 1ms");
}

Result<oci::Strings> parse_health_command(std::string_view value, std::string_view flag) {
  if (value == "none") return oci::Strings{"NONE"};
  if (!value.starts_with('[')) return oci::Strings{"CMD-SHELL", std::string(value)};
  const json::Value parsed = TRY_STEP(json::parse(value), format("--{}", flag));
  oci::Strings words;
  if (parsed.array() != nullptr) {
    for (const json::Value& word : *parsed.array()) {
      if (word.string() != nullptr) words.push_back(*word.string());
    }
  }
  if (parsed.array() == nullptr || words.empty() || words.size() != parsed.array()->size()) {
    return fail(ErrorKind::InvalidArgument,
                format("--{} cannot be {}", flag, quoted(value)),
                "as JSON it is an array of words, such as [\"curl\", \"-f\", \"localhost\"]");
  }
  if (words[0] != "CMD" && words[0] != "CMD-SHELL" && words[0] != "NONE") {
    words.insert(words.begin(), "CMD");
  }
  return words;
}

}  // namespace isle::options
