// --read-only: nothing can be written to the root file system; volumes and tmpfs are as they are.
#include "options/rows.h"

namespace isle::options {

const Option kReadOnly{
    .flag = {"read-only",
             0,
             Arity::Switch,
             nullptr,
             "Mount the root file system read-only",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.storage.read_only = value == "true";
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      builder.spec.root->readonly = container.storage.read_only;
      return {};
    },
};

}  // namespace isle::options
