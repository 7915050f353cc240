// --stop-timeout: how long the command may take to end when it is asked to.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kStopTimeout{
    .flag =
        {"stop-timeout",
         0,
         Arity::Value,
         "SECONDS",
         "Kill it when it has not ended this long after it was asked to (default: 10; -1: never)",
         Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.stop_timeout =
          TRY(parse_between(value, "stop-timeout", -1, 4'000'000'000));
      return {};
    },
    .apply = nullptr,  // the matter of `isle stop`
};

}  // namespace isle::options
