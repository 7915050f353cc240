// isle wait.
#include "engine/wait.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct WaitRequest : Selection {
  engine::WaitFor condition = engine::WaitFor::NotRunning;
};

constexpr CommandFlag<WaitRequest> kFlags[] = {
    {{"condition",
      0,
      Arity::Value,
      "WORD",
      "For what: not-running (the default), next-exit, removed, running, paused, created",
      Section::General},
     [](WaitRequest& request, std::string_view value) -> Result<void> {
       request.condition = TRY(engine::parse_wait_condition(value));
       return {};
     }},
    {{"ignore", 0, Arity::Switch, nullptr, "One that is not there gives -1", Section::General},
     [](WaitRequest& request, std::string_view value) -> Result<void> {
       request.ignore = value == "true";
       return {};
     }},
    kLatestFlag<WaitRequest>,
};

}  // namespace

int wait_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("wait"), flags_of(kFlags));
  WaitRequest request;
  const auto given = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!given) return complain(given.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names = select(
      *paths,
      "wait",
      request,
      *given,
      [](const engine::Listed& /*listed*/) { return true; },
      "isle ps lists those that run");
  if (!names) return complain(names.error());
  int status = 0;
  for (const std::string& name : *names) {
    const auto ended = engine::wait_for_container(*paths, name, request.condition);
    if (ended) {
      print(format("{}\n", *ended));
    } else if (request.ignore && ended.error().kind == ErrorKind::NotFound) {
      print("-1\n");
    } else {
      status = complain(Error(ended.error()).within(format("wait {}", quoted(name))), 1);
    }
  }
  return status;
}

}  // namespace isle::cli
