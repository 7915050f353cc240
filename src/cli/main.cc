// Picks the command. Nothing is done before: a program that people type in loops starts in a
// millisecond.

#include <cstdio>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/refused_commands.h"
#include "kernel/sealed_program.h"

namespace isle::cli {
int unknown_command(std::string_view name) {
  if (const std::string_view reason = refusal_of_command(name); !reason.empty()) {
    return complain(fail(ErrorKind::Unsupported, format("{}: {}", name, reason)).error());
  }
  std::vector<std::string_view> names;
  for (const Command& command : commands()) {
    if (command.help != nullptr) names.emplace_back(command.name);
  }
  const std::string_view near = options::nearest(name, names);
  return complain({.kind = ErrorKind::InvalidArgument,
                   .message = format("there is no command {}", quoted(name)),
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = near.empty() ? "isle --help lists the commands"
                                        : format("did you mean isle {}?", near)});
}

Result<bool> is_json(std::string_view format_name) {
  if (format_name == "json" || format_name == "table") return format_name == "json";
  return fail(ErrorKind::InvalidArgument,
              format("--format cannot be {}", quoted(format_name)),
              "it is json or table");
}

int complain(const Error& error, int status) {
  print_error("isle", error);
  return status;
}

int complain_of_none(std::string_view command, const char* hint) {
  return complain({.kind = ErrorKind::InvalidArgument,
                   .message = format("{}: no container is named", command),
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = hint});
}

int finish(const Result<std::string>& text) {
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

void warn(const std::string& line) {
  const std::string text = format("isle: warning: {}\n", line);
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void print(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stdout));
  static_cast<void>(std::fflush(stdout));
}

bool wants_help(Arguments arguments) {
  for (const char* word : arguments) {
    const std::string_view text = word;
    if (text == "--help" || text == "-h") return true;
    if (!text.starts_with('-') || text == "--") return false;
  }
  return false;
}

int main(int count, const char* const* words) {
  const Arguments arguments(words, static_cast<std::size_t>(count));
  // Other engines start a program by the name they know.
  const std::string_view own = arguments.empty() ? "" : arguments[0];
  const std::string_view called = own.substr(own.rfind('/') + 1);
  if (called == "netavark") return netavark_command(arguments.subspan(1));
  if (called == "isle-cni") return cni_command(arguments.subspan(1));
  if (arguments.size() < 2) return help_command({});
  const std::string_view name = arguments[1];
  const Arguments rest = arguments.subspan(2);
  if (name == "--help" || name == "-h") return help_command({});
  if (name == "--version" || name == "-v") return version_command({});
  const Command* command = find_command(name);
  if (command == nullptr) return unknown_command(name);
  // The command that exec starts is this program until it becomes what was asked.
  if (name == "exec") {
    const Result<void> sealed = kernel::seal_program(const_cast<char* const*>(words));
    if (!sealed) return complain(sealed.error());
  }
  return run_configured(*command, rest);
}

}  // namespace isle::cli
