// isle start.
#include "engine/start.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"

namespace isle::cli {
namespace {

using engine::StartOptions;
using options::Arity;
using options::Section;

constexpr CommandFlag<StartOptions> kFlags[] = {
    {{"attach", 'a', Arity::Switch, nullptr, "Show its output, wait for its end", Section::General},
     take_switch<StartOptions, &StartOptions::attach>},
    {{"interactive", 'i', Arity::Switch, nullptr, "Pass standard input on", Section::General},
     take_switch<StartOptions, &StartOptions::interactive>},
    {{"sig-proxy",
      0,
      Arity::Switch,
      nullptr,
      "Pass signals on with --attach (default: true)",
      Section::General},
     take_switch<StartOptions, &StartOptions::signals>},
    {{"detach-keys",
      0,
      Arity::Value,
      "KEYS",
      "Keys that leave the container running (default: ctrl-p,ctrl-q)",
      Section::General},
     take_text<StartOptions, &StartOptions::detach_keys>},
};

// Attached, its exit status is ours.
int start_attached(const engine::Paths& paths, std::string_view name, const StartOptions& options) {
  auto end = engine::start(paths, name, options, {.warn = warn, .explain = {}});
  if (end) return end->status;
  Error error = std::move(end.error().error).within(format("start {}", quoted(name)));
  return complain(error, end.error().status);
}

int start_all(const engine::Paths& paths,
              const std::vector<std::string_view>& names,
              const StartOptions& options) {
  int status = 0;
  for (const std::string_view name : names) {
    auto end = engine::start(paths, name, options, {.warn = warn, .explain = {}});
    if (end) {
      print(format("{}\n", name));
      continue;
    }
    Error error = std::move(end.error().error).within(format("start {}", quoted(name)));
    status = complain(error, 1);
  }
  return status;
}

}  // namespace

int start_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("start"), flags_of(kFlags));
  StartOptions request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty()) return complain_of_none("start", "isle ps -a lists them");
  // docker's -i alone attaches, too.
  request.attach = request.attach || request.interactive;
  if (request.attach && names->size() > 1) {
    return complain(fail(ErrorKind::InvalidArgument,
                         "start: only one container can be attached to at a time",
                         "leave -a and -i out, or name one")
                        .error());
  }
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  return request.attach ? start_attached(*paths, names->front(), request)
                        : start_all(*paths, *names, request);
}

}  // namespace isle::cli
