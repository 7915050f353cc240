// -d: the container goes on by itself; its id is printed.
#include "options/rows.h"

namespace isle::options {

const Option kDetach{
    .flag = {"detach",
             'd',
             Arity::Switch,
             nullptr,
             "Do not wait: print the container's id and leave it running",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.detach = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
