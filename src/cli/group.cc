// Commands of two words: isle image ls.
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/refused_commands.h"

namespace isle::cli {
namespace {

std::string_view last_word(const Command& command) {
  const std::string_view name = command.name;
  return name.substr(name.rfind(' ') + 1);
}

int help_group(const Group& group) {
  std::string text =
      format("{}.\n\nUsage: isle {} COMMAND [FLAGS] ...\n\nCommands:\n", group.about, group.name);
  for (const Command& command : group.commands) {
    if (command.help != nullptr) text += format("  {:<10} {}\n", last_word(command), command.help);
  }
  print(text);
  return 0;
}

}  // namespace

int run_group(const Group& group, Arguments arguments) {
  if (wants_help(arguments)) return help_group(group);
  std::vector<std::string_view> names;
  for (const Command& command : group.commands) {
    if (!arguments.empty() && last_word(command) == arguments[0]) {
      return run_configured(command, arguments.subspan(1));
    }
    if (command.help != nullptr) names.push_back(last_word(command));
  }
  const std::string_view given = arguments.empty() ? "" : arguments[0];
  const std::string whole = format("{} {}", group.name, given);
  if (const std::string_view reason = refusal_of_command(whole); !reason.empty()) {
    return complain(fail(ErrorKind::Unsupported, format("{}: {}", whole, reason)).error());
  }
  const std::string_view near = options::nearest(given, names);
  return complain({.kind = ErrorKind::InvalidArgument,
                   .message = given.empty()
                                  ? format("{}: no command is given", group.name)
                                  : format("{}: there is no command {}", group.name, quoted(given)),
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = near.empty() ? format("isle {} --help lists them", group.name)
                                        : format("did you mean isle {} {}?", group.name, near)});
}

}  // namespace isle::cli
