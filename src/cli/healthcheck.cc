// isle healthcheck run.
#include <array>

#include "cli/command.h"
#include "cli/flags.h"
#include "engine/healthcheck.h"

namespace isle::cli {
namespace {

Result<engine::CheckedHealth> check(Arguments arguments) {
  const auto line = TRY(options::parse_command_line({}, arguments, options::Operands::Mixed));
  TRY(check_operands("healthcheck run", line.operands, 1, 1, "container"));
  return engine::check_health(TRY(engine::Paths::open()), line.operands[0]);
}

// podman's words and exit status.
int healthcheck_run_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("healthcheck run"), {});
  const Result<engine::CheckedHealth> checked = check(arguments);
  if (!checked) return complain(Error(checked.error()).within("healthcheck run"));
  print(checked->output);
  if (!checked->healthy) print("unhealthy\n");
  return checked->healthy ? 0 : 1;
}

constexpr std::array kCommands = {Command{"healthcheck run",
                                          "CONTAINER",
                                          "Ask a container now whether it is well",
                                          healthcheck_run_command}};

}  // namespace

const Group kHealthcheckGroup{
    .name = "healthcheck", .about = "Ask containers whether they are well", .commands = kCommands};

int healthcheck_command(Arguments arguments) { return run_group(kHealthcheckGroup, arguments); }

}  // namespace isle::cli
