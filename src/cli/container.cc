// isle container cleanup ID: what isle-monitor calls when a container has ended.
#include <string_view>

#include "cli/command.h"
#include "engine/containers.h"

namespace isle::cli {

int container_command(Arguments arguments) {
  if (arguments.size() != 2 || std::string_view(arguments[0]) != "cleanup") {
    return complain({.kind = ErrorKind::InvalidArgument,
                     .message = "container: only \"cleanup ID\" is known, for isle's own use",
                     .call = {},
                     .errnum = 0,
                     .steps = {},
                     .hint = "isle --help lists the commands"});
  }
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto cleaned = engine::clean_up_container(*paths, arguments[1]);
  return cleaned ? 0 : complain(cleaned.error(), 1);
}

}  // namespace isle::cli
