// isle trace: the isolation steps of any program.
#include <fcntl.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "kernel/fd.h"
#include "toolbox/trace.h"
#include "toolbox/words.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct TraceRequest {
  std::string output;
  bool json = false;
  std::vector<std::string> processes;
};

constexpr CommandFlag<TraceRequest> kFlags[] = {
    {{"output",
      'o',
      Arity::Value,
      "FILE",
      "Write the steps there, not to standard error",
      Section::General},
     take_text<TraceRequest, &TraceRequest::output>},
    {{"pid",
      'p',
      Arity::Value,
      "PROCESS",
      "Trace a process that runs, a daemon mostly, until interrupted (repeatable)",
      Section::General},
     take_each<TraceRequest, &TraceRequest::processes>},
    {{"format",
      0,
      Arity::Value,
      "json|table",
      "A line of JSON for each step, or words",
      Section::General},
     [](TraceRequest& request, std::string_view value) -> Result<void> {
       request.json = TRY(is_json(value));
       return {};
     }},
};

std::string line_of(const toolbox::TracedCall& call, bool json) {
  if (json) {
    json::Value value;
    value["pid"] = call.pid;
    value["about"] = call.about;
    value["call"] = call.call;
    value["result"] = call.result;
    value["ms"] = call.milliseconds;
    return json::write(value) + "\n";
  }
  const std::string result =
      call.result < 0 ? "  " + errno_words(static_cast<int>(-call.result)) : "";
  return format("{:>9.2f} ms  {:>7}  {:<15} {}{}\n",
                call.milliseconds,
                call.pid,
                call.about,
                call.call,
                result);
}

Result<void> check(const TraceRequest& request, bool has_command) {
  if (has_command && !request.processes.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "trace: both a command and --pid are named",
                "trace the daemon, and run its client beside it");
  }
  if (has_command || !request.processes.empty()) return {};
  return fail(ErrorKind::InvalidArgument,
              "trace: no command is named",
              "isle trace -- podman run --rm IMAGE true");
}

Result<int> trace(Arguments arguments) {
  TraceRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  TRY(check(request, !operands.empty()));
  kernel::UniqueFd file;
  if (!request.output.empty()) {
    file = TRY(kernel::open_file(HostPath(request.output), O_WRONLY | O_CREAT | O_TRUNC, 0644));
  }
  const toolbox::TellCall tell = [to = file ? file.get() : 2,
                                  json = request.json](const toolbox::TracedCall& call) {
    static_cast<void>(kernel::write_all(to, line_of(call, json)));
  };
  if (!operands.empty()) {
    return toolbox::trace_command({operands.begin(), operands.end()}, tell);
  }
  std::vector<Pid> pids;
  pids.reserve(request.processes.size());
  for (const std::string& word : request.processes) {
    pids.push_back(TRY(toolbox::find_process(container_names(), word)));
  }
  TRY(toolbox::trace_processes(pids, tell));
  return 0;
}

}  // namespace

int trace_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("trace"), flags_of(kFlags));
  const auto status = trace(arguments);
  return status ? *status : complain(status.error());
}

}  // namespace isle::cli
