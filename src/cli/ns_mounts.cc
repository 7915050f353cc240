// isle ns mounts.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "cli/output/rows.h"
#include "kernel/fd.h"
#include "toolbox/discover.h"
#include "toolbox/mount_tree.h"
#include "toolbox/words.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct MountsRequest {
  std::string graph;
  Format format;
};

constexpr CommandFlag<MountsRequest> kMountFlags[] = {
    {{"graph",
      0,
      Arity::Value,
      "dot|svg",
      "As a graph for Graphviz, or as a picture",
      Section::General},
     take_text<MountsRequest, &MountsRequest::graph>},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, or a template such as \"{{.Target}} {{.Propagation}}\"",
      Section::General},
     take_format<MountsRequest, &MountsRequest::format>},
};

Result<std::string> mounts(Arguments arguments) {
  MountsRequest request;
  const auto operands = TRY(take_flags(kMountFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns mounts", operands, 0, 1, "process"));
  if (!request.graph.empty() && request.graph != "dot" && request.graph != "svg") {
    return fail(ErrorKind::InvalidArgument,
                format("--graph cannot be {}", quoted(request.graph)),
                "it is dot or svg");
  }
  const Pid pid =
      TRY(toolbox::find_process(container_names(), operands.empty() ? "self" : operands[0]));
  toolbox::MountTree tree = toolbox::mount_tree(
      TRY(kernel::read_file(HostPath(format("/proc/{}/mountinfo", pid.value)))));
  const toolbox::Inventory inventory =
      TRY(toolbox::discover({.descriptors = false, .mounts = false}));
  const toolbox::Process* process = inventory.find_process(pid.value);
  const auto own = process == nullptr
                       ? toolbox::kNone
                       : process->in[static_cast<std::size_t>(kernel::NamespaceKind::Mnt)];
  toolbox::find_peers(tree, inventory, own);
  if (request.graph == "dot") return toolbox::mount_dot(tree);
  if (request.graph == "svg") return toolbox::mount_svg(tree);
  if (request.format.is_table()) return toolbox::mount_text(tree);
  const json::Value all = toolbox::mount_json(tree);
  if (request.format.is_json()) return json::write_pretty(all) + "\n";
  return request.format.lines(*all.array());
}

}  // namespace

int ns_mounts_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("ns mounts"), flags_of(kMountFlags));
  return finish(mounts(arguments));
}

}  // namespace isle::cli
