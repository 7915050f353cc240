// --attach, --detach-keys, --sig-proxy: how the one run in the foreground is joined. They are of
// this run, and leave nothing in the container's record.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {

const Option kAttach{
    .flag = {"attach",
             'a',
             Arity::Value,
             "STREAM",
             "Join only this: stdin, stdout or stderr; may be repeated (default: all)",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const std::string stream = lower(value);
      if (stream == "stdin") {
        request.session.input = true;
      } else if (stream == "stdout") {
        request.session.output = true;
      } else if (stream == "stderr") {
        request.session.errors = true;
      } else {
        return fail(ErrorKind::InvalidArgument,
                    format("--attach cannot be {}", quoted(value)),
                    "it is stdin, stdout or stderr");
      }
      return {};
    },
    .apply = nullptr,
};

const Option kDetachKeys{
    .flag = {"detach-keys",
             0,
             Arity::Value,
             "KEYS",
             "Keys that leave the container running (default: ctrl-p,ctrl-q)",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.session.detach_keys = value;
      return {};
    },
    .apply = nullptr,
};

const Option kSigProxy{
    .flag = {"sig-proxy",
             0,
             Arity::Switch,
             nullptr,
             "Pass signals on to the command (default: true)",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.session.signals = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
