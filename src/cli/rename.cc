// isle rename.
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

Result<void> rename(Arguments arguments) {
  const auto line = TRY(options::parse_command_line({}, arguments, options::Operands::Mixed));
  TRY(check_operands("rename", line.operands, 2, 2, "container and no new name"));
  return Result<void>(
      engine::rename_container(TRY(engine::Paths::open()), line.operands[0], line.operands[1]));
}

}  // namespace

int rename_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("rename"), {});
  const Result<void> renamed = rename(arguments);
  return renamed ? 0 : complain(Error(renamed.error()).within("rename"), 1);
}

}  // namespace isle::cli
