// isle start.
#include "engine/start.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct StartRequest : Selection {
  engine::StartOptions options;
};

template <bool engine::StartOptions::* Member>
Result<void> take_option(StartRequest& request, std::string_view value) {
  request.options.*Member = value == "true";
  return {};
}

constexpr CommandFlag<StartRequest> kFlags[] = {
    {{"attach", 'a', Arity::Switch, nullptr, "Show its output, wait for its end", Section::General},
     take_option<&engine::StartOptions::attach>},
    {{"interactive", 'i', Arity::Switch, nullptr, "Pass standard input on", Section::General},
     take_option<&engine::StartOptions::interactive>},
    {{"sig-proxy",
      0,
      Arity::Switch,
      nullptr,
      "Pass signals on with --attach (default: true)",
      Section::General},
     take_option<&engine::StartOptions::signals>},
    {{"detach-keys",
      0,
      Arity::Value,
      "KEYS",
      "Keys that leave the container running (default: ctrl-p,ctrl-q)",
      Section::General},
     [](StartRequest& request, std::string_view value) -> Result<void> {
       request.options.detach_keys = value;
       return {};
     }},
    all_flag<StartRequest>("All that do not run"),
    kLatestFlag<StartRequest>,
    filter_flag<StartRequest>('f'),
};

// Attached, its exit status is ours.
int start_attached(const engine::Paths& paths,
                   std::string_view name,
                   const engine::StartOptions& options) {
  auto end = engine::start(paths, name, options, {.warn = warn, .explain = {}});
  if (end) return end->status;
  Error error = std::move(end.error().error).within(format("start {}", quoted(name)));
  return complain(error, end.error().status);
}

int start_all(const engine::Paths& paths,
              const std::vector<std::string>& names,
              const engine::StartOptions& options) {
  int status = 0;
  for (const std::string& name : names) {
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
  StartRequest request;
  const auto given = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!given) return complain(given.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names = select(
      *paths,
      "start",
      request,
      *given,
      [](const engine::Listed& listed) { return !listed.running() && !listed.restarting; },
      "isle ps -a lists them");
  if (!names) return complain(names.error());
  // docker's -i alone attaches, too.
  engine::StartOptions& options = request.options;
  options.attach = options.attach || options.interactive;
  if (options.attach && names->size() > 1) {
    return complain(fail(ErrorKind::InvalidArgument,
                         "start: only one container can be attached to at a time",
                         "leave -a and -i out, or name one")
                        .error());
  }
  return options.attach && !names->empty() ? start_attached(*paths, names->front(), options)
                                           : start_all(*paths, *names, options);
}

}  // namespace isle::cli
