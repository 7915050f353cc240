// isle help, isle --help, isle COMMAND --help.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/manual.h"
#include "cli/output/table.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {
// Where the flags go when somebody wants them and not their help.
std::vector<options::Flag>* wanted_flags = nullptr;
}  // namespace

// Each command hands its flags to print_command_help, so that is how they are asked for.
std::vector<options::Flag> flags_of_command(const Command& command) {
  std::vector<options::Flag> flags;
  wanted_flags = &flags;
  const char* const ask[] = {"--help"};
  command.run(Arguments(ask));
  wanted_flags = nullptr;
  return flags;
}

int print_command_help(const Command& command, const std::vector<options::Flag>& flags) {
  if (wanted_flags != nullptr) {
    *wanted_flags = flags;
    return 0;
  }
  print(format("{}.\n\nUsage: isle {}{}{}\n{}",
               command.help,
               command.name,
               *command.synopsis == '\0' ? "" : " ",
               command.synopsis,
               options::flags_help(flags, screen_width())));
  return 0;
}

namespace {
// isle help --man PAGE TEXTS: for the build.
Result<std::string> manual(Arguments arguments) {
  if (arguments.size() != 3) {
    return fail(ErrorKind::InvalidArgument,
                "help --man needs a page and a file of texts",
                "isle help --man docs/man/isle.1.in docs/man/isle.1.texts");
  }
  return manual_page(TRY(kernel::read_file(HostPath(arguments[1]))),
                     TRY(kernel::read_file(HostPath(arguments[2]))));
}
}  // namespace

int help_command(Arguments arguments) {
  if (!arguments.empty() && std::string_view(arguments[0]) == "--man") {
    return finish(manual(arguments));
  }
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
