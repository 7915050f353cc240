// isle kill.
#include <signal.h>

#include "cli/command.h"
#include "cli/each.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "engine/containers.h"
#include "kernel/signal.h"

namespace isle::cli {
namespace {

struct KillRequest : Selection {
  int signal = SIGKILL;
};

constexpr CommandFlag<KillRequest> kFlags[] = {
    {{"signal",
      's',
      options::Arity::Value,
      "SIGNAL",
      "Which signal (default: KILL)",
      options::Section::General},
     [](KillRequest& request, std::string_view value) -> Result<void> {
       request.signal = TRY_STEP(kernel::parse_signal(value), "--signal");
       return {};
     }},
    all_flag<KillRequest>("All that run"),
    kLatestFlag<KillRequest>,
    kCidFileFlag<KillRequest>,
};

}  // namespace

int kill_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("kill"), flags_of(kFlags));
  KillRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  return each_selected(
      {.command = "kill", .hint = "isle ps lists those that run"},
      request,
      *names,
      [](const engine::Listed& listed) { return listed.running(); },
      [&request](const engine::Paths& paths, std::string_view name) {
        return engine::signal_container(paths, name, request.signal);
      });
}

}  // namespace isle::cli
