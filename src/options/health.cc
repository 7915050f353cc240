// --health-*: how the container is asked whether it is well; its monitor does it. What is not said
// here the image says (HEALTHCHECK).
#include "base/json.h"
#include "base/strings.h"
#include "base/times.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

constexpr std::int64_t kLeast = 1'000'000;  // ns; docker's least, too

Result<std::int64_t> parse_span(std::string_view value, std::string_view flag) {
  const std::int64_t span = TRY(parse_duration(value, flag));
  if (span == 0 || span >= kLeast) return span;
  return fail(ErrorKind::InvalidArgument,
              format("--{} cannot be {}", flag, quoted(value)),
              "it is at least 1ms");
}

// podman's forms: a text for the shell, or a JSON array of words ("CMD" may stand before them).
Result<oci::Strings> parse_command(std::string_view value) {
  if (value == "none") return oci::Strings{"NONE"};
  if (!value.starts_with('[')) return oci::Strings{"CMD-SHELL", std::string(value)};
  const json::Value parsed = TRY_STEP(json::parse(value), "--health-cmd");
  oci::Strings words;
  if (parsed.array() != nullptr) {
    for (const json::Value& word : *parsed.array()) {
      if (word.string() != nullptr) words.push_back(*word.string());
    }
  }
  if (parsed.array() == nullptr || words.empty() || words.size() != parsed.array()->size()) {
    return fail(ErrorKind::InvalidArgument,
                format("--health-cmd cannot be {}", quoted(value)),
                "as JSON it is an array of words, such as [\"curl\", \"-f\", \"localhost\"]");
  }
  if (words[0] != "CMD" && words[0] != "CMD-SHELL" && words[0] != "NONE") {
    words.insert(words.begin(), "CMD");
  }
  return words;
}

}  // namespace

const Option kHealthCmd{
    .flag = {"health-cmd",
             0,
             Arity::Value,
             "COMMAND",
             "Ask with this whether the container is well: a line for its shell, or a JSON array",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.test = TRY(parse_command(value));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthInterval{
    .flag =
        {"health-interval", 0, Arity::Value, "TIME", "So often (default: 30s)", Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.interval = TRY(parse_span(value, "health-interval"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthTimeout{
    .flag = {"health-timeout",
             0,
             Arity::Value,
             "TIME",
             "An answer that takes longer counts as a failure (default: 30s)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.timeout = TRY(parse_span(value, "health-timeout"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthRetries{
    .flag = {"health-retries",
             0,
             Arity::Value,
             "NUMBER",
             "So many failures in a row are an illness (default: 3)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.retries =
          TRY(parse_between(value, "health-retries", 0, 1'000'000));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthStartPeriod{
    .flag = {"health-start-period",
             0,
             Arity::Value,
             "TIME",
             "Failures do not count for so long (default: 0s)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.start_period = TRY(parse_span(value, "health-start-period"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthStartInterval{
    .flag = {"health-start-interval",
             0,
             Arity::Value,
             "TIME",
             "So often meanwhile (default: 5s)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.start_interval =
          TRY(parse_span(value, "health-start-interval"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthOnFailure{
    .flag = {"health-on-failure",
             0,
             Arity::Value,
             "ACTION",
             "What is done about an illness: none (the default), kill, restart or stop",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value != "none" && value != "kill" && value != "restart" && value != "stop") {
        return fail(ErrorKind::InvalidArgument,
                    format("--health-on-failure cannot be {}", quoted(value)),
                    "it is none, kill, restart or stop");
      }
      request.container.life.health.on_failure = value == "none" ? std::string_view() : value;
      return {};
    },
    .apply = nullptr,
};

const Option kNoHealthcheck{
    .flag = {"no-healthcheck",
             0,
             Arity::Switch,
             nullptr,
             "Do not ask, even if the image says how",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.test = {};
      if (value == "true") request.container.life.health.test = {"NONE"};
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
