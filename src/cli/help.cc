// isle help, isle --help, isle COMMAND --help.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/output/table.h"

namespace isle::cli {
int print_command_help(const Command& command, const std::vector<options::Flag>& flags) {
  print(format("{}.\n\nUsage: isle {}{}{}\n{}",
               command.help,
               command.name,
               *command.synopsis == '\0' ? "" : " ",
               command.synopsis,
               options::flags_help(flags, screen_width())));
  return 0;
}

int help_command(Arguments arguments) {
  if (!arguments.empty() && !wants_help(arguments)) {
    const Command* command = find_command(arguments[0]);
    if (command != nullptr) {
      const char* const ask[] = {"--help"};
      return command->run(Arguments(ask));
    }
    return unknown_command(arguments[0]);
  }
  std::string text =
      "isle runs commands in containers: processes that the kernel shows a world of their own.\n"
      "\nUsage: isle COMMAND [FLAGS] ...\n\nCommands:\n";
  for (const Command& command : commands()) {
    if (command.help != nullptr) text += format("  {:<10} {}\n", command.name, command.help);
  }
  text +=
      "\nTry:\n"
      "  isle run --rm -it busybox sh                a shell in a container; no network is needed\n"
      "  isle run --rm --explain=only busybox true   every step of that, without doing it\n"
      "  isle run --help                             all that run can be told\n";
  print(text);
  return 0;
}

}  // namespace isle::cli
