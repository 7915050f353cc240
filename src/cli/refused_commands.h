#pragma once
// Why: who comes from docker or podman is told why a command of theirs is not here, and what to do
// instead.

#include <string_view>

namespace isle::cli {

struct RefusedCommand {
  std::string_view name, reason;
  std::string_view hint = {};
};
// "build", "image scp"; nullptr: it is none of them.
const RefusedCommand* refused_command(std::string_view name);
int complain_of_refused(const RefusedCommand& command);

}  // namespace isle::cli
