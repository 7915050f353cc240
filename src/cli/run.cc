// isle run.
#include <cstdio>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/provide.h"
#include "engine/run.h"
#include "kernel/tty.h"

namespace isle::cli {
namespace {

// Beside the command's own output, so on standard error; JSON too.
void explain(const std::string& plan) {
  (void)std::fwrite(plan.data(), 1, plan.size(), stderr);
  if (!plan.ends_with('\n')) (void)std::fputc('\n', stderr);
}

int show_plan(const engine::Paths& paths, options::RunRequest& request, const std::string& name) {
  const auto plan = engine::explain_only(paths, std::move(request.container));
  if (!plan) return complain(Error(plan.error()).within(format("run {}", quoted(name))));
  print(*plan);
  return 0;
}

Result<void> check_terminal(const options::RunRequest& request) {
  const record::Process& process = request.container.process;
  if (!process.terminal || !process.interactive || request.detach || kernel::is_terminal(0)) {
    return {};
  }
  return fail(ErrorKind::InvalidArgument,
              "run: standard input is not a terminal",
              "leave -t out when the input comes from a pipe or file");
}

}  // namespace

int run_command(Arguments arguments) {
  auto request = options::parse_run(arguments);
  if (!request) return complain(request.error());
  if (request->help) return print_command_help(*find_command("run"), options::option_flags());
  if (const auto checked = check_terminal(*request); !checked) return complain(checked.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const std::string name = called(request->container);
  const auto provided = provide(*paths, *request);
  if (!provided) return complain(Error(provided.error()).within(format("run {}", quoted(name))));
  if (request->explain == options::Explain::Only) return show_plan(*paths, *request, name);
  auto end = engine::run(*paths, std::move(*request), {.warn = warn, .explain = explain});
  if (!end) {
    Error error = std::move(end.error().error).within(format("run {}", quoted(name)));
    return complain(error, end.error().status);
  }
  if (end->detached) print(end->id + "\n");
  return end->status;
}

}  // namespace isle::cli
