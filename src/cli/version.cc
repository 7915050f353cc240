// isle version.
#include "base/strings.h"
#include "cli/command.h"
#include "oci/runtime_spec_json.h"

namespace isle::cli {

int version_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("version"), {});
  if (!arguments.empty()) {
    return complain({.kind = ErrorKind::InvalidArgument,
                     .message = format("version: {} is too much", quoted(arguments[0])),
                     .call = {},
                     .errnum = 0,
                     .steps = {},
                     .hint = "it takes no flags"});
  }
  print(format("isle {}\nOCI runtime specification {}\n", ISLE_VERSION, oci::kRuntimeSpecVersion));
  return 0;
}

}  // namespace isle::cli
