// --pids-limit: how many processes and threads there may be at once. 2048 unless told, so that a
// fork bomb stays inside; where the controller is missing, only an asked-for limit is an error.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

constexpr std::int64_t kDefault = 2048;

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const std::optional<std::int64_t>& asked = container.resources.pids;
  if (asked && *asked <= 0) return {};
  if (asked) TRY(builder.need_controller(kernel::cgroup::Controller::Pids, "--pids-limit"));
  if (!builder.need_controller(kernel::cgroup::Controller::Pids, "")) return {};
  builder.resources().pids_limit = asked.value_or(kDefault);
  return {};
}

}  // namespace

const Option kPidsLimit{
    .flag = {"pids-limit",
             0,
             Arity::Value,
             "NUMBER",
             "The most processes and threads at once (default 2048; -1: no limit)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.pids = TRY(parse_between(value, "pids-limit", -1, 4'194'304));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
