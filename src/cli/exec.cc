// isle exec.
#include "engine/exec.h"
#include "base/strings.h"
#include "cli/command.h"
#include "kernel/tty.h"
#include "options/environment.h"
#include "options/values.h"

namespace isle::cli {
namespace {

using engine::ExecOptions;
using options::Arity;
using options::Section;

constexpr CommandFlag<ExecOptions> kFlags[] = {
    {{"interactive", 'i', Arity::Switch, nullptr, "Pass standard input on", Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.interactive = value == "true";
       return {};
     }},
    {{"tty", 't', Arity::Switch, nullptr, "Give the command a terminal", Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.terminal = value == "true";
       return {};
     }},
    {{"detach", 'd', Arity::Switch, nullptr, "Do not wait for the command", Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.detach = value == "true";
       return {};
     }},
    {{"env",
      'e',
      Arity::Value,
      "NAME[=VALUE]",
      "Set a variable; NAME alone passes on yours",
      Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       return options::add_env(request.env, value, "env");
     }},
    {{"env-file", 0, Arity::Value, "FILE", "Read variables from FILE", Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       return options::add_env_file(request.env, value);
     }},
    {{"user",
      'u',
      Arity::Value,
      "USER[:GROUP]",
      "Run it as this user of the container",
      Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.user = value;
       return {};
     }},
    {{"workdir", 'w', Arity::Value, "DIR", "Start in DIR inside", Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.workdir = TRY(options::inside_path(value, "workdir"));
       return {};
     }},
    {{"privileged",
      0,
      Arity::Switch,
      nullptr,
      "Give the command all capabilities",
      Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.privileged = value == "true";
       return {};
     }},
    {{"detach-keys",
      0,
      Arity::Value,
      "KEYS",
      "Keys that leave the command running",
      Section::General},
     [](ExecOptions& request, std::string_view value) -> Result<void> {
       request.detach_keys = value;
       return {};
     }},
};

Result<ExecOptions> parse(Arguments arguments) {
  ExecOptions request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  if (operands.size() < 2) {
    return fail(ErrorKind::InvalidArgument,
                "exec: a container and a command are needed",
                "such as: isle exec -it NAME sh");
  }
  request.container = operands[0];
  request.command.assign(operands.begin() + 1, operands.end());
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
    std::vector<options::Flag> flags;
    for (const auto& row : kFlags) flags.push_back(row.flag);
    return print_command_help(*find_command("exec"), flags);
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
