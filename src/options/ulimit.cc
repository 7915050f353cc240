// --ulimit: resource limits of the command, setrlimit(2).
#include "base/strings.h"
#include "kernel/rlimit.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  const Cut parts = cut(value, '=');
  if (!parts.found) {
    return fail(ErrorKind::InvalidArgument,
                format("--ulimit: {} is not NAME=SOFT[:HARD]", quoted(value)),
                "such as nofile=1024:2048");
  }
  const int number = TRY_STEP(kernel::parse_rlimit_name(parts.before), "--ulimit");
  const kernel::RlimitValue limit = TRY_STEP(kernel::parse_rlimit_value(parts.after), "--ulimit");
  std::vector<oci::Rlimit>& limits = request.container.process.rlimits;
  const std::string type = kernel::rlimit_name(number);
  std::erase_if(limits, [&type](const oci::Rlimit& old) { return old.type == type; });
  limits.push_back({.type = type, .soft = limit.soft, .hard = limit.hard});
  return {};
}

}  // namespace

const Option kUlimit{
    .flag = {"ulimit",
             0,
             Arity::Value,
             "NAME=SOFT[:HARD]",
             "Set a resource limit of the command, such as nofile=1024:2048",
             Section::Limits},
    .parse = parse,
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      builder.process().rlimits = container.process.rlimits;
      return {};
    },
};

}  // namespace isle::options
