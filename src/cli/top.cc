// isle top: the processes of a container.
#include <algorithm>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "engine/containers.h"
#include "runtime/state/create.h"
#include "runtime/state/process_table.h"

namespace isle::cli {
namespace {

struct TopRequest {
  bool latest = false;
};

constexpr CommandFlag<TopRequest> kFlags[] = {kLatestFlag<TopRequest>};

// What comes behind the container is for ps: -o, -e ...
Result<std::string> top(Arguments arguments) {
  TopRequest request;
  auto words = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::vector<std::string> latest;
  TRY(put_latest(paths, request.latest, latest, words));
  TRY(check_operands("top", words, 1, words.size() + 1, "container"));
  const engine::Listed listed = TRY(engine::find_running(paths, words[0]));
  std::vector<Pid> pids = TRY(runtime::container_processes(paths.states(), listed.container.id));
  std::ranges::sort(pids);
  return runtime::process_table(pids, {words.begin() + 1, words.end()});
}

}  // namespace

int top_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("top"), flags_of(kFlags));
  const Result<std::string> text = top(arguments);
  return text ? finish(text) : complain(Error(text.error()).within("top"), 1);
}

}  // namespace isle::cli
