// --preserve-fds: descriptors of the caller's that the command gets, too, such as sockets.
#include "options/preserve_fds.h"

#include <fcntl.h>

#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

Result<unsigned> parse_preserve_fds(std::string_view value) {
  constexpr int kFirst = 3;
  const auto count = static_cast<int>(TRY(parse_between(value, "preserve-fds", 0, 1000)));
  for (int fd = kFirst; fd < kFirst + count; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    return fail(ErrorKind::InvalidArgument,
                format("--preserve-fds {}: descriptor {} is not open", count, fd),
                "it hands on as many descriptors, from 3 upwards: 3<FILE");
  }
  return static_cast<unsigned>(count);
}

const Option kPreserveFds{
    .flag = {"preserve-fds",
             0,
             Arity::Value,
             "NUMBER",
             "Hand on so many more descriptors, from 3 upwards, to the first run",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.preserve_fds = TRY(parse_preserve_fds(value));
      return {};
    },
    .apply = nullptr,  // the monitor's matter
};

}  // namespace isle::options
