// --replace: the container that has the name makes room.
#include "options/rows.h"

namespace isle::options {

const Option kReplace{
    .flag = {"replace",
             0,
             Arity::Switch,
             nullptr,
             "Remove the container that has this --name, even if it runs",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.replace = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
