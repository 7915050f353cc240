// isle port: which ports of the host lead to a container.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/port_words.h"
#include "engine/containers.h"
#include "engine/networking.h"

namespace isle::cli {
namespace {

// "80", "80/udp"
Result<bool> matches(const record::PublishedPort& port, std::string_view wanted) {
  const Cut parts = cut(wanted, '/');
  const auto number = TRY(parse_uint(parts.before, "port"));
  return number == port.container_port && (!parts.found || parts.after == port.protocol);
}

Result<std::string> ports_of(Arguments arguments) {
  const std::vector<std::string_view> names(arguments.begin(), arguments.end());
  TRY(check_operands("port", names, 1, 2, "container"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const engine::Listed listed = TRY(engine::find_container(paths, names[0]));
  const auto wiring = TRY(engine::wiring_of(paths, listed.container.id));
  std::string text;
  if (wiring) {
    for (const record::PublishedPort& port : wiring->ports) {
      if (names.size() == 1) {
        text += format("{}/{} -> {}\n", port.container_port, port.protocol, host_words(port));
      } else if (TRY(matches(port, names[1]))) {
        text += host_words(port) + "\n";
      }
    }
  }
  if (names.size() == 1 || !text.empty()) return text;
  return fail(ErrorKind::NotFound,
              format("container {} does not publish port {}", quoted(names[0]), names[1]));
}

}  // namespace

int port_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("port"), {});
  const auto text = ports_of(arguments);
  return text ? finish(text) : complain(Error(text.error()).within("port"), 1);
}

}  // namespace isle::cli
