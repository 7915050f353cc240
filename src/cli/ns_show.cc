// isle ns show and why.
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

struct ShowRequest {
  bool deep = false;
  Format format;
};

constexpr CommandFlag<ShowRequest> kFlags[] = {
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, or a template such as \"{{.Kind}} {{.Inode}} {{len .Holders}}\"",
      Section::General},
     take_format<ShowRequest, &ShowRequest::format>},
    {{"deep", 0, Arity::Switch, nullptr, "Try handles too, as ns ls --deep", Section::General},
     take_switch<ShowRequest, &ShowRequest::deep>},
};

struct Chosen {
  toolbox::Inventory inventory;
  toolbox::ContainerNames names;
  std::vector<toolbox::Index> indices;
};

Result<Chosen> choose(const char* command, Arguments arguments, ShowRequest& request) {
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands(command, operands, 1, 1, "namespace"));
  Chosen chosen;
  chosen.inventory = TRY(toolbox::discover({.deep = request.deep}));
  chosen.names = container_names();
  chosen.indices = TRY(toolbox::find_namespaces(chosen.inventory, chosen.names, operands[0]));
  return chosen;
}

std::string show_words(const Chosen& chosen, const toolbox::Namespace& space) {
  const auto& facts = kernel::facts_of(space.name.kind);
  const json::Value row = toolbox::namespace_row(chosen.inventory, chosen.names, space);
  const auto word = [&row](const char* key) {
    const json::Value* value = row.find(key);
    return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
  };
  std::string text = format("{}\n  kind       {}, {}, since Linux {}: {}\n",
                            space.name.str(),
                            facts.long_name,
                            facts.flag,
                            facts.since,
                            facts.isolates);
  if (space.id) text += format("  id         {} (never used again)\n", *space.id);
  const auto line = [&text](const char* key, const std::string& value) {
    if (!value.empty()) text += format("  {:<10} {}\n", key, value);
  };
  line("owner", word("Owner"));
  line("parent", word("Parent"));
  if (space.owner_uid) line("made by", toolbox::user_name(*space.owner_uid));
  line("container", word("Container"));
  line("processes",
       format("{}{}",
              space.processes,
              space.processes == 0
                  ? ""
                  : format(", the first is {} ({})", space.first_pid, word("Command"))));
  if (space.initial) text += "  kept       it is the kernel's own, and never ends\n";
  for (const toolbox::Holder& holder : space.holders) {
    if (holder.hold == toolbox::Hold::Process) continue;
    text += format("  kept       {}\n", toolbox::reason_of(chosen.inventory, holder));
  }
  return text;
}

Result<std::string> show_rows(const ShowRequest& request, const Chosen& chosen) {
  std::vector<json::Value> values;
  values.reserve(chosen.indices.size());
  for (const toolbox::Index index : chosen.indices) {
    values.push_back(toolbox::namespace_json(
        chosen.inventory, chosen.names, chosen.inventory.namespaces[index]));
  }
  if (request.format.is_json()) return json::write_pretty(json::Value(std::move(values))) + "\n";
  return request.format.lines(values);
}

Result<std::string> show(Arguments arguments) {
  ShowRequest request;
  const Chosen chosen = TRY(choose("ns show", arguments, request));
  if (!request.format.is_table()) return show_rows(request, chosen);
  std::string text;
  for (const toolbox::Index index : chosen.indices) {
    text += show_words(chosen, chosen.inventory.namespaces[index]);
  }
  return text;
}

std::string why_words(const toolbox::Inventory& inventory, const toolbox::Namespace& space) {
  if (space.initial) return format("{} is the kernel's own, and never ends\n", space.name.str());
  if (space.holders.empty()) {
    return format(
        "{}: nothing that can be seen holds it; a descriptor on its way through a socket "
        "would, or a process of another user\n",
        space.name.str());
  }
  std::string text = format("{} is alive because\n", space.name.str());
  for (const toolbox::Holder& holder : space.holders) {
    text += format("  {}\n", toolbox::reason_of(inventory, holder));
    if (holder.hold == toolbox::Hold::Process && space.processes > 1) {
      text += format("    and {} more\n", space.processes - 1);
    }
    text += format("    to end that: {}\n", toolbox::remedy_of(inventory, holder));
  }
  return text;
}

Result<std::string> why(Arguments arguments) {
  ShowRequest request;
  const Chosen chosen = TRY(choose("ns why", arguments, request));
  if (!request.format.is_table()) return show_rows(request, chosen);
  std::string text;
  for (const toolbox::Index index : chosen.indices) {
    text += why_words(chosen.inventory, chosen.inventory.namespaces[index]);
  }
  return text;
}

}  // namespace

int ns_show_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns show"), flags_of(kFlags));
  }
  return finish(show(arguments));
}

int ns_why_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns why"), flags_of(kFlags));
  }
  return finish(why(arguments));
}

}  // namespace isle::cli
