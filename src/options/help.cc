// --help of `run`. -h is the host name's, as docker has it.
#include "options/rows.h"

namespace isle::options {

const Option kHelp{
    .flag = {"help", 0, Arity::Switch, nullptr, "Show this help", Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.help = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
