// --timeout: the longest the container may run.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kTimeout{
    .flag = {"timeout",
             0,
             Arity::Value,
             "SECONDS",
             "Kill the container when it has run this long (0: never)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.timeout = TRY(parse_between(value, "timeout", 0, 4'000'000'000));
      return {};
    },
    .apply = nullptr,  // the monitor's matter
};

}  // namespace isle::options
