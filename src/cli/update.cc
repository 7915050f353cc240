// isle update.
#include "engine/update.h"
#include "cli/command.h"
#include "cli/each.h"
#include "options/update.h"

namespace isle::cli {

int update_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("update"), options::update_flags());
  }
  const Result<options::UpdateRequest> request = options::parse_update(arguments);
  if (!request) return complain(request.error());
  if (!request->changes) {
    return complain({.kind = ErrorKind::InvalidArgument,
                     .message = "update: no limit and no restart policy is given",
                     .call = {},
                     .errnum = 0,
                     .steps = {},
                     .hint = "such as: isle update --memory 512m NAME"});
  }
  return each_container(
      {.command = "update", .hint = "isle ps -a lists them"},
      {request->containers.begin(), request->containers.end()},
      [&request](const engine::Paths& paths, std::string_view name) -> Result<void> {
        for (const std::string& line : TRY(engine::update_container(paths, name, *request))) {
          warn(line);
        }
        return {};
      });
}

}  // namespace isle::cli
