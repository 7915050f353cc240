// isle ns pin and unpin: namespaces that stay without a process, by name.
#include <fcntl.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "cli/output/table.h"
#include "kernel/namespace.h"
#include "toolbox/pin.h"
#include "toolbox/words.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct PinRequest {
  std::string kind = "net", target;
};

constexpr CommandFlag<PinRequest> kFlags[] = {
    {{"kind",
      'k',
      Arity::Value,
      "KIND",
      "cgroup, ipc, mnt, net (unless told), pid, time, user or uts",
      Section::General},
     take_text<PinRequest, &PinRequest::kind>},
    {{"target",
      't',
      Arity::Value,
      "PROCESS|CONTAINER|PATH",
      "Keep this one's; else a new one is made",
      Section::General},
     take_text<PinRequest, &PinRequest::target>},
};
constexpr CommandFlag<PinRequest> kUnpinFlags[] = {kFlags[0]};

std::string list() {
  std::vector<std::vector<std::string>> rows;
  for (const toolbox::Pin& pin : toolbox::pins()) {
    rows.push_back({pin.name, kernel::facts_of(pin.kind).name, pin.path});
  }
  return table({"NAME", "KIND", "PATH"}, rows);
}

Result<std::string> pin(Arguments arguments) {
  PinRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns pin", operands, 0, 1, "name"));
  if (operands.empty()) return list();
  const kernel::NamespaceKind kind = TRY(kernel::parse_namespace_kind(request.kind));
  if (request.target.empty()) {
    TRY_STEP(toolbox::pin_new(kind, operands[0]), "ns pin");
    return std::string();
  }
  std::string source = request.target;
  if (source.find('/') == std::string::npos) {
    const Pid pid = TRY(toolbox::find_process(container_names(), request.target));
    source = format("/proc/{}/ns/{}", pid.value, kernel::facts_of(kind).name);
  } else {
    const auto fd = TRY(kernel::open_file(HostPath(source), O_RDONLY | O_NONBLOCK));
    const kernel::NamespaceFacts facts = TRY(kernel::look_at_namespace(fd.get()));
    if (facts.name.kind != kind) {
      return fail(
          ErrorKind::InvalidArgument,
          format("{} is of the kind {}", quoted(source), kernel::facts_of(facts.name.kind).name),
          format("add --kind {}", kernel::facts_of(facts.name.kind).name));
    }
  }
  TRY_STEP(toolbox::pin(kind, operands[0], source), "ns pin");
  return std::string();
}

Result<std::string> unpin(Arguments arguments) {
  PinRequest request;
  request.kind.clear();
  const auto operands = TRY(take_flags(kUnpinFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns unpin", operands, 1, 1, "name"));
  if (request.kind.empty()) {
    const auto found = toolbox::find_pin(operands[0]);
    // Without one that is mounted: what is left of a network namespace's, as ip netns does.
    const auto kind = found ? found->kind : kernel::NamespaceKind::Net;
    if (!found && found.error().kind == ErrorKind::Conflict) return std::unexpected(found.error());
    TRY(toolbox::unpin(kind, operands[0]));
  } else {
    TRY(toolbox::unpin(TRY(kernel::parse_namespace_kind(request.kind)), operands[0]));
  }
  return std::string();
}

}  // namespace

int ns_pin_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns pin"), flags_of(kFlags));
  return finish(pin(arguments));
}

int ns_unpin_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("ns unpin"), flags_of(kUnpinFlags));
  return finish(unpin(arguments));
}

}  // namespace isle::cli
