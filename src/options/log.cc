// --log-driver and --log-opt: where the container's output is kept, besides those who watch it.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kLogDriver{
    .flag = {"log-driver",
             0,
             Arity::Value,
             "NAME",
             "How its output is kept: json-file (the default), k8s-file, journald or none",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.log.driver = value == "json-file" ? std::string_view() : value;
      return {};
    },
    .apply = nullptr,  // the monitor's matter
};

const Option kLogOpt{
    .flag =
        {"log-opt",
         0,
         Arity::Value,
         "NAME=VALUE",
         "max-size=BYTES, after which a new file is begun, max-file=NUMBER of them, compress=true "
         "those that are full; what stands beside each line: tag=TEXT, labels=NAME,..., "
         "env=NAME,...",
         Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      auto [name, text] = TRY(parse_pair(value, "log-opt", false));
      request.container.life.log.options[name] = std::move(text);
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
