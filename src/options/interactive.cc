// -i: the container's standard input is ours; else it is empty.
#include "options/rows.h"

namespace isle::options {

const Option kInteractive{
    .flag =
        {"interactive", 'i', Arity::Switch, nullptr, "Keep standard input open", Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.interactive = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
