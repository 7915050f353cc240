// --annotation: facts for the runtime, which hands them to hooks and shows them in its state.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kAnnotation{
    .flag = {"annotation",
             0,
             Arity::Value,
             "NAME=VALUE",
             "Add an annotation to the OCI specification",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      auto [name, text] = TRY(parse_pair(value, "annotation", false));
      request.container.annotations[name] = std::move(text);
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      builder.spec.annotations = container.annotations;
      return {};
    },
};

}  // namespace isle::options
