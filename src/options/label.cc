// --label: facts for people and programs; isle gives them no meaning.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kLabel{
    .flag = {"label",
             'l',
             Arity::Value,
             "NAME=VALUE",
             "Note a fact about the container",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      auto [name, text] = TRY(parse_pair(value, "label", true));
      request.container.labels[name] = std::move(text);
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
