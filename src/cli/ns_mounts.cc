// isle ns mounts and limits.
#include <array>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "cli/output/rows.h"
#include "cli/output/table.h"
#include "kernel/fd.h"
#include "toolbox/discover.h"
#include "toolbox/limits.h"
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
constexpr CommandFlag<MountsRequest> kLimitFlags[] = {kMountFlags[1]};

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

std::string owners(const toolbox::Inventory& inventory) {
  std::vector<std::vector<std::string>> rows;
  for (const toolbox::OwnedCount& count : toolbox::owned_counts(inventory)) {
    rows.push_back({inventory.namespaces[count.user_namespace].name.str(),
                    format("{}", count.owned),
                    format("{} of 32", count.depth)});
  }
  return "\n" + table({"USER NAMESPACE", "OWNS", "DEPTH"}, rows);
}

Result<std::string> limits(Arguments arguments) {
  MountsRequest request;
  const auto operands = TRY(take_flags(kLimitFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns limits", operands, 0, 0, ""));
  const toolbox::Inventory inventory = TRY(toolbox::discover({}));
  std::vector<json::Value> rows;
  for (const toolbox::Limit& limit : toolbox::limits(inventory)) {
    json::Value row;
    row["Limit"] = limit.name;
    row["Most"] = limit.most;
    if (limit.counted) {
      row["Used"] = limit.used;
      row["MostByOne"] = limit.user.empty() ? "" : format("{} ({})", limit.by_user, limit.user);
    }
    row["Near"] = limit.near() ? "near" : "";
    rows.push_back(std::move(row));
  }
  static constexpr std::array kFields = {Field{"Limit", "LIMIT"},
                                         Field{"Most", "MOST"},
                                         Field{"Used", "IN USE"},
                                         Field{"MostByOne", "MOST BY ONE USER"},
                                         Field{"Near", "NEAR"}};
  std::string text =
      TRY(request.format.show(kFields, {"Limit", "Most", "Used", "MostByOne", "Near"}, rows));
  if (request.format.is_table()) text += owners(inventory);
  return text;
}

}  // namespace

int ns_mounts_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("ns mounts"), flags_of(kMountFlags));
  return finish(mounts(arguments));
}

int ns_limits_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("ns limits"), flags_of(kLimitFlags));
  return finish(limits(arguments));
}

}  // namespace isle::cli
