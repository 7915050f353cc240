// --cgroups: podman's word for where the container and its monitor are. Units that podman generates
// say no-conmon: the service's group keeps the monitor, by which its manager knows the service.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {

const Option kCgroups{
    .flag = {"cgroups",
             0,
             Arity::Value,
             "MODE",
             "no-conmon: the monitor stays in the caller's control group (default: enabled)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value == "enabled" || value == "no-conmon") {
        request.container.life.monitor_stays = value == "no-conmon";
        return {};
      }
      if (value == "disabled" || value == "split") {
        return fail(ErrorKind::Unsupported,
                    format("--cgroups {}: a container always has a group of its own", value),
                    value == "split" ? "--cgroup-parent puts it below the service's" : "");
      }
      return fail(ErrorKind::InvalidArgument,
                  format("--cgroups cannot be {}", quoted(value)),
                  "it is enabled or no-conmon");
    },
    .apply = nullptr,  // the monitor's matter
};

}  // namespace isle::options
