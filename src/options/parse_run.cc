// The command line of `run`: flags by the table, then what is to be run.
#include "base/strings.h"
#include "monitor/log.h"
#include "options/network.h"
#include "options/option.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> take_operands(RunRequest& request,
                           std::vector<std::string_view> operands,
                           std::string_view command) {
  record::Container& container = request.container;
  if (container.storage.root.directory.empty()) {
    if (operands.empty()) {
      return fail(ErrorKind::InvalidArgument,
                  format("{}: no image is named", command),
                  "such as: isle run -it busybox sh; \"isle images\" lists what is there, --rootfs "
                  "DIR takes a directory");
    }
    container.storage.root.image = operands.front();
    operands.erase(operands.begin());
  }
  container.process.command.assign(operands.begin(), operands.end());
  return {};
}

Result<void> check_together(const RunRequest& request) {
  if (request.detach && request.explain == Explain::Only) {
    return fail(ErrorKind::InvalidArgument, "--explain=only runs nothing: leave --detach out");
  }
  if (request.replace && request.container.name.empty()) {
    return fail(ErrorKind::InvalidArgument, "--replace needs a --name");
  }
  if (request.container.remove && request.container.life.restart.wanted()) {
    return fail(ErrorKind::InvalidArgument,
                "--rm and --restart contradict each other",
                "leave one of them out");
  }
  if (request.read_only_tmpfs && !request.container.storage.read_only) {
    return fail(ErrorKind::InvalidArgument,
                "--read-only-tmpfs is for a root that cannot be written",
                "add --read-only, or leave it out");
  }
  if (request.detach && request.session.chosen()) {
    return fail(ErrorKind::InvalidArgument,
                "--attach and --detach contradict each other",
                "leave one of them out; isle attach joins it later");
  }
  if (request.session.input && !request.container.process.interactive) {
    return fail(ErrorKind::InvalidArgument,
                "--attach stdin: the container has no input without --interactive",
                "add -i");
  }
  return monitor::check_log_config(request.container.life.log);
}

}  // namespace

Result<RunRequest> parse_run(std::span<const char* const> arguments, std::string_view command) {
  const std::vector<Flag> flags = option_flags();
  const CommandLine line = TRY(parse_command_line(flags, arguments, Operands::EndsFlags));
  RunRequest request;
  for (const GivenFlag& given : line.flags) {
    TRY(option_table()[given.index]->parse(request, given.value));
  }
  if (request.help) return request;
  TRY(take_operands(request, line.operands, command));
  TRY(check_together(request));
  request.pull.platform = TRY(image::platform_of(request.platform));
  TRY(add_read_only_tmpfs(request));
  TRY(finish_networks(request));
  return request;
}

}  // namespace isle::options
