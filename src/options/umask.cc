// --umask: permissions that new files do not get, umask(2).
#include <charconv>

#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {

const Option kUmask{
    .flag = {"umask",
             0,
             Arity::Value,
             "MODE",
             "Permissions that the command's new files do not get, octal (0022)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      int mode = 0;
      const auto read = std::from_chars(value.begin(), value.end(), mode, 8);
      if (read.ec != std::errc() || read.ptr != value.end() || mode < 0 || mode > 0777) {
        return fail(ErrorKind::InvalidArgument,
                    format("--umask: {} is not between 0 and 0777, octal", quoted(value)));
      }
      request.container.process.umask = mode;
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      if (!container.process.umask) return {};
      builder.process().user.umask = static_cast<std::uint32_t>(*container.process.umask);
      return {};
    },
};

}  // namespace isle::options
