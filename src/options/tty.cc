// -t: the command gets a terminal of the container's own.
#include "options/rows.h"

namespace isle::options {

const Option kTty{
    .flag = {"tty", 't', Arity::Switch, nullptr, "Give the command a terminal", Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.terminal = value == "true";
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      builder.process().terminal = container.process.terminal;
      return {};
    },
};

}  // namespace isle::options
