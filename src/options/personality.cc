// --personality: what the command takes the machine for, personality(2).
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {

const Option kPersonality{
    .flag = {"personality",
             0,
             Arity::Value,
             "DOMAIN",
             "LINUX, or LINUX32: uname says i686",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value != "LINUX" && value != "LINUX32") {
        return fail(ErrorKind::InvalidArgument,
                    format("--personality: there is no {}", quoted(value)),
                    "it is LINUX or LINUX32");
      }
      request.container.process.personality = value;
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      const std::string& domain = container.process.personality;
      if (!domain.empty())
        builder.linux_().personality = oci::Personality{.domain = domain, .flags = {}};
      return {};
    },
};

}  // namespace isle::options
