// --cidfile, --pidfile, --conmon-pidfile: numbers for scripts and service managers.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kCidfile{
    .flag = {"cidfile",
             0,
             Arity::Value,
             "FILE",
             "Write the container's id to FILE, which must not exist",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.cid_file = TRY(absolute_path(value));
      return {};
    },
    .apply = nullptr,
};

const Option kPidfile{
    .flag = {"pidfile",
             0,
             Arity::Value,
             "FILE",
             "Write the number of the container's first process to FILE at each start",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.pid_file = TRY(absolute_path(value));
      return {};
    },
    .apply = nullptr,
};

const Option kConmonPidfile{
    .flag = {"conmon-pidfile",
             0,
             Arity::Value,
             "FILE",
             "Write the number of its isle-monitor to FILE (podman's name for it)",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.life.monitor_pid_file = TRY(absolute_path(value));
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
