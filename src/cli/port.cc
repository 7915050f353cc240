// isle port: which ports of the host lead to a container.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/port_words.h"
#include "cli/selection.h"
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

struct PortRequest {
  bool all = false, latest = false;
};

constexpr CommandFlag<PortRequest> kFlags[] = {
    all_flag<PortRequest>("Those of all containers, each with its container's id"),
    kLatestFlag<PortRequest>,
};

using Ports = std::vector<record::PublishedPort>;

Result<Ports> ports_of(const engine::Paths& paths, const engine::Listed& listed) {
  auto wiring = TRY(engine::wiring_of(paths, listed.container.id));
  return wiring ? std::move(wiring->ports) : Ports{};
}

std::string line_of(const record::PublishedPort& port) {
  return format("{}/{} -> {}\n", port.container_port, port.protocol, host_words(port));
}

Result<std::string> of_all(const engine::Paths& paths) {
  std::string text;
  for (const engine::Listed& listed : TRY(engine::list_containers(paths, false)).containers) {
    for (const record::PublishedPort& port : TRY(ports_of(paths, listed))) {
      text.append(listed.container.id, 0, 12).append("\t").append(line_of(port));
    }
  }
  return text;
}

Result<std::string> of_port(const Ports& ports, std::string_view name, std::string_view wanted) {
  std::string text;
  for (const record::PublishedPort& port : ports) {
    if (TRY(matches(port, wanted))) text += host_words(port) + "\n";
  }
  if (!text.empty()) return text;
  return fail(ErrorKind::NotFound,
              format("container {} does not publish port {}", quoted(name), wanted));
}

Result<std::string> show(Arguments arguments) {
  PortRequest request;
  auto names = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  const engine::Paths paths = TRY(engine::Paths::open());
  if (request.all) {
    TRY(check_operands("port --all", names, 0, 0, ""));
    return of_all(paths);
  }
  std::vector<std::string> latest;
  TRY(put_latest(paths, request.latest, latest, names));
  TRY(check_operands("port", names, 1, 2, "container"));
  const Ports ports = TRY(ports_of(paths, TRY(engine::find_container(paths, names[0]))));
  if (names.size() == 2) return of_port(ports, names[0], names[1]);
  std::string text;
  for (const record::PublishedPort& port : ports) text += line_of(port);
  return text;
}

}  // namespace

int port_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("port"), flags_of(kFlags));
  const auto text = show(arguments);
  return text ? finish(text) : complain(Error(text.error()).within("port"), 1);
}

}  // namespace isle::cli
