// isle kill.
#include <signal.h>

#include "base/strings.h"
#include "cli/command.h"
#include "engine/containers.h"
#include "kernel/signal.h"

namespace isle::cli {
namespace {

struct KillRequest {
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
};

}  // namespace

int kill_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("kill"), {kFlags[0].flag});
  KillRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty()) return complain_of_none("kill", "isle ps lists those that run");
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  int status = 0;
  for (std::string_view name : *names) {
    const auto sent = engine::signal_container(*paths, name, request.signal);
    if (sent) {
      print(format("{}\n", name));
    } else {
      status = complain(Error(sent.error()).within(format("kill {}", quoted(name))), 1);
    }
  }
  return status;
}

}  // namespace isle::cli
