// --workdir: where the command starts; the runtime makes it when it is not there.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kWorkdir{
    .flag = {"workdir",
             'w',
             Arity::Value,
             "DIR",
             "Start in DIR inside the container, which is made if need be",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.workdir = TRY(inside_path(value, "workdir"));
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      const std::string& asked = container.process.workdir;
      const std::string& wanted = asked.empty() ? builder.image.working_dir : asked;
      // Images are known to say "app" and mean "/app".
      if (!wanted.empty()) builder.process().cwd = TRY(inside_path("/" + wanted, "workdir"));
      return {};
    },
};

}  // namespace isle::options
