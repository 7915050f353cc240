// isle attach.
#include "engine/attach.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"

namespace isle::cli {
namespace {

using engine::AttachOptions;
using options::Arity;
using options::Section;

constexpr CommandFlag<AttachOptions> kFlags[] = {
    {{"detach-keys",
      0,
      Arity::Value,
      "KEYS",
      "Keys that leave the container running (default: ctrl-p,ctrl-q)",
      Section::General},
     take_text<AttachOptions, &AttachOptions::detach_keys>},
    {{"no-stdin", 0, Arity::Switch, nullptr, "Do not pass standard input on", Section::General},
     [](AttachOptions& request, std::string_view value) -> Result<void> {
       request.input = value != "true";
       return {};
     }},
    {{"sig-proxy", 0, Arity::Switch, nullptr, "Pass signals on (default: true)", Section::General},
     take_switch<AttachOptions, &AttachOptions::signals>},
};

}  // namespace

int attach_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("attach"), flags_of(kFlags));
  AttachOptions request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const auto one = check_operands("attach", *names, 1, 1, "container");
  if (!one) return complain(one.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  auto end = engine::attach(*paths, names->front(), request, {.warn = warn, .explain = {}});
  if (end) return end->status;
  return complain(std::move(end.error().error).within(format("attach {}", quoted(names->front()))),
                  end.error().status == kExitEngine ? 1 : end.error().status);
}

}  // namespace isle::cli
