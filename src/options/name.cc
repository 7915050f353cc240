// --name: what people call the container.
#include "options/rows.h"

namespace isle::options {

const Option kName{
    .flag = {"name",
             0,
             Arity::Value,
             "NAME",
             "Call the container NAME; else it gets a random name",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY(record::check_name(value));
      request.container.name = value;
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
