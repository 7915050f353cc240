// isle version.
#include "base/strings.h"
#include "cli/command.h"
#include "oci/runtime_spec_json.h"

namespace isle::cli {

int version_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("version"), {});
  print(format("isle {}\nOCI runtime specification {}\n", ISLE_VERSION, oci::kRuntimeSpecVersion));
  return 0;
}

}  // namespace isle::cli
