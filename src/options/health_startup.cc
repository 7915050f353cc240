// --health-startup-*: podman's check of a container that takes long to come up, asked before the
// one that tells of illnesses; and --health-max-log-*: how much of the answers is kept.
#include "options/health_values.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kHealthStartupCmd{
    .flag = {"health-startup-cmd",
             0,
             Arity::Value,
             "COMMAND",
             "Ask with this first, until it says that all is well; only then with --health-cmd",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.startup.test =
          TRY(parse_health_command(value, "health-startup-cmd"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthStartupInterval{
    .flag = {"health-startup-interval",
             0,
             Arity::Value,
             "TIME",
             "So often (default: 30s)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.startup.interval =
          TRY(parse_health_span(value, "health-startup-interval"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthStartupTimeout{
    .flag = {"health-startup-timeout",
             0,
             Arity::Value,
             "TIME",
             "An answer that takes longer counts as a failure (default: 30s)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.startup.timeout =
          TRY(parse_health_span(value, "health-startup-timeout"));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthStartupRetries{
    .flag = {"health-startup-retries",
             0,
             Arity::Value,
             "NUMBER",
             "So many failures start the container anew (default: 0, never)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.startup.retries =
          TRY(parse_between(value, "health-startup-retries", 0, 1'000'000));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthStartupSuccess{
    .flag = {"health-startup-success",
             0,
             Arity::Value,
             "NUMBER",
             "So many successes in a row are enough (default: 1)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.startup.success =
          TRY(parse_between(value, "health-startup-success", 0, 1'000'000));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthMaxLogCount{
    .flag = {"health-max-log-count",
             0,
             Arity::Value,
             "NUMBER",
             "So many answers are kept (default: 5)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.log_count =
          TRY(parse_between(value, "health-max-log-count", 1, 1000));
      return {};
    },
    .apply = nullptr,
};

const Option kHealthMaxLogSize{
    .flag = {"health-max-log-size",
             0,
             Arity::Value,
             "BYTES",
             "So much of each answer is kept (default: 4096)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.health.log_size =
          TRY(parse_between(value, "health-max-log-size", 1, 65536));
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
