// isle exec.
#include "engine/exec.h"

#include <utility>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "kernel/tty.h"
#include "options/environment.h"
#include "options/preserve_fds.h"
#include "options/values.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ExecRequest : engine::ExecOptions {
  bool latest = false;
  std::string cid_file;
};

constexpr CommandFlag<ExecRequest> kFlags[] = {
    {{"interactive", 'i', Arity::Switch, nullptr, "Pass standard input on", Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.interactive = value == "true";
       return {};
     }},
    {{"tty", 't', Arity::Switch, nullptr, "Give the command a terminal", Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.terminal = value == "true";
       return {};
     }},
    {{"detach", 'd', Arity::Switch, nullptr, "Do not wait for the command", Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.detach = value == "true";
       return {};
     }},
    {{"env",
      'e',
      Arity::Value,
      "NAME[=VALUE]",
      "Set a variable; NAME alone passes on yours",
      Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       return options::add_env(request.env, value, "env");
     }},
    {{"env-file", 0, Arity::Value, "FILE", "Read variables from FILE", Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       return options::add_env_file(request.env, value);
     }},
    {{"user",
      'u',
      Arity::Value,
      "USER[:GROUP]",
      "Run it as this user of the container",
      Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.user = value;
       return {};
     }},
    {{"workdir", 'w', Arity::Value, "DIR", "Start in DIR inside", Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.workdir = TRY(options::inside_path(value, "workdir"));
       return {};
     }},
    {{"privileged",
      0,
      Arity::Switch,
      nullptr,
      "Give the command all capabilities",
      Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.privileged = value == "true";
       return {};
     }},
    {{"detach-keys",
      0,
      Arity::Value,
      "KEYS",
      "Keys that leave the command running",
      Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.detach_keys = value;
       return {};
     }},
    {{"preserve-fds",
      0,
      Arity::Value,
      "NUMBER",
      "Hand on so many more descriptors, from 3 upwards",
      Section::General},
     [](ExecRequest& request, std::string_view value) -> Result<void> {
       request.preserve_fds = TRY(options::parse_preserve_fds(value));
       return {};
     }},
    {{"cidfile",
      0,
      Arity::Value,
      "FILE",
      "In the container whose id is in FILE; only the command is named then",
      Section::General},
     take_text<ExecRequest, &ExecRequest::cid_file>},
    kLatestFlag<ExecRequest>,
};

// The container may be named by a flag.
Result<void> take_operands(ExecRequest& request, std::vector<std::string_view> operands) {
  const bool by_flag = request.latest || !request.cid_file.empty();
  if (request.latest && !request.cid_file.empty()) {
    return fail(ErrorKind::InvalidArgument, "exec: --latest and --cidfile name a container each");
  }
  if (operands.size() < (by_flag ? 1U : 2U)) {
    return fail(
        ErrorKind::InvalidArgument,
        by_flag ? "exec: no command is named" : "exec: a container and a command are needed",
        "such as: isle exec -it NAME sh");
  }
  if (!request.cid_file.empty()) request.container = TRY(read_cid_file(request.cid_file));
  if (request.latest) request.container = TRY(latest_container(TRY(engine::Paths::open())));
  if (!by_flag) {
    request.container = operands[0];
    operands.erase(operands.begin());
  }
  request.command.assign(operands.begin(), operands.end());
  return {};
}

Result<ExecRequest> parse(Arguments arguments) {
  ExecRequest request;
  auto operands = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  TRY(take_operands(request, std::move(operands)));
  if (request.terminal && request.interactive && !request.detach && !kernel::is_terminal(0)) {
    return fail(ErrorKind::InvalidArgument,
                "exec: standard input is not a terminal",
                "leave -t out when the input comes from a pipe or file");
  }
  // A terminal lasts as long as somebody holds its other end, which nobody would.
  if (request.detach && request.terminal) {
    warn("exec: a detached command has no terminal: -t is left out");
    request.terminal = false;
  }
  return request;
}

}  // namespace

int exec_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("exec"), flags_of(kFlags));
  }
  const auto request = parse(arguments);
  if (!request) return complain(request.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  auto status = engine::exec(*paths, *request);
  if (status) return *status;
  Error error =
      std::move(status.error().error).within(format("exec {}", quoted(request->container)));
  return complain(error, status.error().status);
}

}  // namespace isle::cli
