// isle trace: the isolation steps of any program.
#include <fcntl.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "kernel/fd.h"
#include "toolbox/trace.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct TraceRequest {
  std::string output;
  bool json = false;
};

constexpr CommandFlag<TraceRequest> kFlags[] = {
    {{"output",
      'o',
      Arity::Value,
      "FILE",
      "Write the steps there, not to standard error",
      Section::General},
     take_text<TraceRequest, &TraceRequest::output>},
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

Result<int> trace(Arguments arguments) {
  TraceRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  if (operands.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "trace: no command is named",
                "isle trace -- podman run --rm IMAGE true");
  }
  kernel::UniqueFd file;
  if (!request.output.empty()) {
    file = TRY(kernel::open_file(HostPath(request.output), O_WRONLY | O_CREAT | O_TRUNC, 0644));
  }
  const int to = file ? file.get() : 2;
  std::vector<std::string> words(operands.begin(), operands.end());
  const auto end = TRY(toolbox::trace(words, [&](const toolbox::TracedCall& call) {
    static_cast<void>(kernel::write_all(to, line_of(call, request.json)));
  }));
  return end.status;
}

}  // namespace

int trace_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("trace"), flags_of(kFlags));
  const auto status = trace(arguments);
  return status ? *status : complain(status.error());
}

}  // namespace isle::cli
