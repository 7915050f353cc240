// --rm: nothing of the container stays when its command has ended.
#include "options/rows.h"

namespace isle::options {

const Option kRemove{
    .flag = {"rm",
             0,
             Arity::Switch,
             nullptr,
             "Remove the container when its command ends",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.remove = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
