// isle ns kinds, ls and tree.
#include <algorithm>
#include <array>
#include <optional>

#include <unistd.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "cli/output/rows.h"
#include "kernel/namespace.h"
#include "toolbox/discover.h"
#include "toolbox/words.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ListRequest {
  std::vector<std::string> kinds;
  std::string tree;  // owner, pid, user; empty: a table
  bool deep = false, quiet = false, full = false, fast = false;
  Format format;
};

constexpr const char* kFormatHelp =
    "json, table, or a template such as \"{{.Kind}} {{.Inode}} {{.Command}}\"";

constexpr CommandFlag<ListRequest> kKindsFlags[] = {
    {{"format", 0, Arity::Value, "FORMAT", kFormatHelp, Section::General},
     take_format<ListRequest, &ListRequest::format>},
};

constexpr CommandFlag<ListRequest> kListFlags[] = {
    {{"kind",
      'k',
      Arity::Value,
      "KIND",
      "Only cgroup, ipc, mnt, net, pid, time, user or uts (repeatable)",
      Section::General},
     take_each<ListRequest, &ListRequest::kinds>},
    {{"tree", 0, Arity::Value, "owner|pid|user", "As a tree", Section::General},
     take_text<ListRequest, &ListRequest::tree>},
    {{"deep",
      0,
      Arity::Switch,
      nullptr,
      "Try handles too, for namespaces that nothing visible holds (up to ten seconds)",
      Section::General},
     take_switch<ListRequest, &ListRequest::deep>},
    {{"members-only",
      0,
      Arity::Switch,
      nullptr,
      "Look at processes and threads only, not at descriptors and mounts",
      Section::General},
     take_switch<ListRequest, &ListRequest::fast>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the inodes", Section::General},
     take_switch<ListRequest, &ListRequest::quiet>},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole commands", Section::General},
     take_switch<ListRequest, &ListRequest::full>},
    {{"format", 0, Arity::Value, "FORMAT", kFormatHelp, Section::General},
     take_format<ListRequest, &ListRequest::format>},
};

constexpr CommandFlag<ListRequest> kTreeFlags[] = {
    {{"by",
      0,
      Arity::Value,
      "owner|pid|user",
      "By the user namespace that owns (the default), or by parents",
      Section::General},
     take_text<ListRequest, &ListRequest::tree>},
    kListFlags[0],
    kListFlags[2],
};

constexpr std::array kKindFields = {Field{"Kind", "KIND"},
                                    Field{"Flag", "FLAG"},
                                    Field{"Since", "SINCE"},
                                    Field{"Here", "HERE"},
                                    Field{"Own", "YOURS"},
                                    Field{"Isolates", "HOLDS"}};

constexpr std::array kFields = {Field{"Kind", "KIND"},
                                Field{"Inode", "INODE"},
                                Field{"Name", "NAME"},
                                Field{"Id", "ID"},
                                Field{"Processes", "PROCESSES"},
                                Field{"PID", "PID"},
                                Field{"User", "USER"},
                                Field{"Command", "COMMAND"},
                                Field{"Owner", "OWNER"},
                                Field{"Parent", "PARENT"},
                                Field{"Container", "CONTAINER"},
                                Field{"Kept", "KEPT BY"}};

Result<std::string> kinds(Arguments arguments) {
  ListRequest request;
  const auto operands = TRY(take_flags(kKindsFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns kinds", operands, 0, 0, ""));
  std::vector<json::Value> rows;
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    json::Value row;
    row["Kind"] = facts.name;
    row["Flag"] = facts.flag;
    row["Since"] = facts.since;
    row["Here"] = kernel::kernel_has(facts.kind) ? "yes" : "no";
    const auto own = kernel::open_namespace({getpid()}, facts.kind);
    const auto seen = own ? kernel::look_at_namespace(own->get()) : std::unexpected(own.error());
    row["Own"] = seen ? seen->name.str() : "";
    row["Isolates"] = facts.isolates;
    rows.push_back(std::move(row));
  }
  return request.format.show(
      kKindFields, {"Kind", "Flag", "Since", "Here", "Own", "Isolates"}, rows);
}

Result<toolbox::TreeBy> parse_by(std::string_view text) {
  if (text.empty() || text == "owner") return toolbox::TreeBy::Owner;
  if (text == "pid") return toolbox::TreeBy::Pid;
  if (text == "user") return toolbox::TreeBy::User;
  return fail(ErrorKind::InvalidArgument,
              format("a tree cannot be by {}", quoted(text)),
              "it is owner, pid or user: other kinds have no parents (ioctl_ns(2))");
}

Result<std::vector<kernel::NamespaceKind>> wanted_kinds(const ListRequest& request) {
  std::vector<kernel::NamespaceKind> kinds;
  for (const std::string& list : request.kinds) {
    for (const std::string_view one : split(list, ',')) {
      kinds.push_back(TRY(kernel::parse_namespace_kind(one)));
    }
  }
  return kinds;
}

// In the order of kinds and inodes: as they are known everywhere.
std::vector<const toolbox::Namespace*> sorted(const toolbox::Inventory& inventory,
                                              const std::vector<kernel::NamespaceKind>& kinds) {
  std::vector<const toolbox::Namespace*> chosen;
  chosen.reserve(inventory.namespaces.size());
  for (const auto& [name, index] : inventory.by_name) {
    if (kinds.empty() || std::ranges::find(kinds, name.kind) != kinds.end()) {
      chosen.push_back(&inventory.namespaces[index]);
    }
  }
  return chosen;
}

void tell_notes(const toolbox::Inventory& inventory) {
  if (inventory.unreadable != 0) {
    warn(format("{} process{} could not be read",
                inventory.unreadable,
                inventory.unreadable == 1 ? "" : "es"));
  }
  for (const std::string& note : inventory.notes) warn(note);
  for (const toolbox::DeadProc& dead : inventory.dead_procs) {
    warn(format("the procfs at {} in {} shows a PID namespace without processes",
                dead.path,
                inventory.namespaces[dead.mount_namespace].name.str()));
  }
}

Result<std::string> table_of(const ListRequest& request,
                             const toolbox::Inventory& inventory,
                             const toolbox::ContainerNames& names) {
  std::vector<json::Value> rows;
  std::string inodes;
  for (const toolbox::Namespace* space : sorted(inventory, TRY(wanted_kinds(request)))) {
    inodes += format("{}\n", space->name.inode);
    if (request.quiet) continue;
    json::Value row = toolbox::namespace_row(inventory, names, *space);
    if (!request.full && request.format.is_table()) {
      if (json::Value& command = row["Command"]; command.string() != nullptr) {
        command = command.string()->substr(0, 40);
      }
    }
    rows.push_back(std::move(row));
  }
  if (request.quiet) return inodes;
  return request.format.show(
      kFields, {"Kind", "Inode", "Processes", "PID", "User", "Kept", "Container", "Command"}, rows);
}

toolbox::DiscoverOptions how(const ListRequest& request) {
  return {.descriptors = !request.fast, .mounts = !request.fast, .deep = request.deep};
}

Result<std::string> tree_of(const ListRequest& request,
                            const toolbox::Inventory& inventory,
                            const toolbox::ContainerNames& names) {
  const auto chosen = TRY(wanted_kinds(request));
  if (chosen.size() > 1) {
    return fail(ErrorKind::InvalidArgument, "a tree shows one kind, or all", "name --kind once");
  }
  const auto only = chosen.empty() ? std::nullopt : std::optional(chosen[0]);
  return toolbox::tree_text(inventory, names, TRY(parse_by(request.tree)), only);
}

Result<std::string> list(Arguments arguments) {
  ListRequest request;
  const auto operands = TRY(take_flags(kListFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns ls", operands, 0, 0, ""));
  TRY(wanted_kinds(request));
  TRY(parse_by(request.tree));
  const toolbox::Inventory inventory = TRY(toolbox::discover(how(request)));
  const toolbox::ContainerNames names = container_names();
  tell_notes(inventory);
  if (!request.tree.empty()) return tree_of(request, inventory, names);
  return table_of(request, inventory, names);
}

Result<std::string> tree(Arguments arguments) {
  ListRequest request;
  const auto operands = TRY(take_flags(kTreeFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns tree", operands, 0, 0, ""));
  TRY(parse_by(request.tree));
  const toolbox::Inventory inventory = TRY(toolbox::discover(how(request)));
  tell_notes(inventory);
  return tree_of(request, inventory, container_names());
}

}  // namespace

int ns_kinds_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns kinds"), flags_of(kKindsFlags));
  }
  return finish(kinds(arguments));
}

int ns_ls_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns ls"), flags_of(kListFlags));
  }
  return finish(list(arguments));
}

int ns_tree_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns tree"), flags_of(kTreeFlags));
  }
  return finish(tree(arguments));
}

}  // namespace isle::cli
