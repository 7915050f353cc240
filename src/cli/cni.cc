// isle cni: a plugin of the CNI specification; what to do stands in the environment.
#include "network/cni.h"

#include <unistd.h>

#include <cstdlib>

#include "cli/command.h"
#include "cli/flags.h"
#include "engine/networking.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<network::cni::Answer> run(Arguments arguments) {
  const std::vector<std::string_view> words(arguments.begin(), arguments.end());
  TRY(check_operands("cni", words, 0, 0, "thing"));
  const network::cni::Call call{.command = variable("CNI_COMMAND"),
                                .container = variable("CNI_CONTAINERID"),
                                .space = variable("CNI_NETNS"),
                                .device = variable("CNI_IFNAME"),
                                .arguments = variable("CNI_ARGS")};
  if (call.command.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "cni: CNI_COMMAND is not set",
                "this is a program for containerd and Kubernetes; docs/engines.md tells how they "
                "find it");
  }
  const std::string config = TRY(kernel::read_all(STDIN_FILENO));
  const engine::Paths paths = TRY(engine::Paths::open());
  return network::cni::answer(
      call, config, engine::network_places(paths), engine::holders_alive(paths));
}

}  // namespace

int cni_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("cni"), {});
  const auto answer = run(arguments);
  if (!answer) return complain(answer.error());
  print(answer->text);
  return answer->status;
}

}  // namespace isle::cli
