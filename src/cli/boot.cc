// isle boot: what a service manager calls once, when the machine has started.
#include "engine/boot.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"

namespace isle::cli {

int boot_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("boot"), {});
  const auto line = options::parse_command_line({}, arguments, options::Operands::Mixed);
  if (!line) return complain(line.error());
  const auto none = check_operands("boot", line->operands, 0, 0, "thing");
  if (!none) return complain(none.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto booted = engine::boot(*paths, {.warn = warn, .explain = {}});
  if (!booted) return complain(booted.error());
  for (const std::string& name : booted->started) print(format("started {}\n", name));
  for (const std::string& name : booted->removed) print(format("removed {}\n", name));
  for (const Error& error : booted->failed) complain(error);
  return booted->failed.empty() ? 0 : 1;
}

}  // namespace isle::cli
