// --health-*: how the container is asked whether it is well; its monitor does it. What is not said
// here the image says (HEALTHCHECK).
#include "base/strings.h"
#include "options/health_values.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
const Option kHealthCmd{
    .flag = {"health-cmd",
             0,
             Arity::Value,
             "COMMAND",
             "Ask with this whether the container is well: a line for its shell, or a JSON array",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.test = TRY(parse_health_command(value, "health-cmd"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthInterval{
    .flag =
        {"health-interval", 0, Arity::Value, "TIME", "So often (default: 30s)", Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.interval = TRY(parse_health_span(value, "health-interval"));
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
      request.container.life.health.timeout = TRY(parse_health_span(value, "health-timeout"));
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
      request.container.life.health.start_period =
          TRY(parse_health_span(value, "health-start-period"));
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
          TRY(parse_health_span(value, "health-start-interval"));
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
