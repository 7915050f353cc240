// isle top: the processes of a container.
#include <algorithm>

#include "cli/command.h"
#include "cli/flags.h"
#include "engine/containers.h"
#include "runtime/state/create.h"
#include "runtime/state/process_table.h"

namespace isle::cli {
namespace {

Result<std::string> top(Arguments arguments) {
  const std::vector<std::string_view> words(arguments.begin(), arguments.end());
  TRY(check_operands("top", words, 1, words.size() + 1, "container"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const engine::Listed listed = TRY(engine::find_running(paths, words[0]));
  std::vector<Pid> pids = TRY(runtime::container_processes(paths.states(), listed.container.id));
  std::ranges::sort(pids);
  return runtime::process_table(pids, {words.begin() + 1, words.end()});
}

}  // namespace

int top_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("top"), {});
  const Result<std::string> text = top(arguments);
  return text ? finish(text) : complain(Error(text.error()).within("top"), 1);
}

}  // namespace isle::cli
