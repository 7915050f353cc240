// --restart: whether the container is started again when it has ended, by its monitor, and after a
// reboot by `isle boot`.
#include "base/strings.h"
#include "options/restart_policy.h"
#include "options/rows.h"

namespace isle::options {

Result<record::RestartPolicy> parse_restart_policy(std::string_view value) {
  const Cut parts = cut(value, ':');
  if (parts.before == "on-failure") {
    record::RestartPolicy policy{.name = "on-failure"};
    if (!parts.found) return policy;
    policy.most =
        static_cast<std::int64_t>(TRY_STEP(parse_uint(parts.after, "number"), "--restart"));
    return policy;
  }
  if (value == "no" || value.empty()) return record::RestartPolicy{};
  if (value == "always" || value == "unless-stopped") {
    return record::RestartPolicy{.name = std::string(value)};
  }
  return fail(ErrorKind::InvalidArgument,
              format("--restart cannot be {}", quoted(value)),
              "it is no, on-failure, on-failure:TIMES, always or unless-stopped");
}

const Option kRestart{
    .flag = {"restart",
             0,
             Arity::Value,
             "POLICY",
             "Start it again when it has ended: no (the default), on-failure[:TIMES], always or "
             "unless-stopped",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.restart = TRY(parse_restart_policy(value));
      return {};
    },
    .apply = nullptr,  // the monitor's matter
};

}  // namespace isle::options
