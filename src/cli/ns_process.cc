// isle ns can, diff, caps, pid and ids: what processes may do to each other, and who they are
// where.

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "cli/output/rows.h"
#include "toolbox/discover.h"
#include "toolbox/process_facts.h"
#include "toolbox/words.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ProcessRequest {
  Format format;
  std::string in;
};

constexpr CommandFlag<ProcessRequest> kFlags[] = {
    {{"format", 0, Arity::Value, "FORMAT", "json, table, or a template", Section::General},
     take_format<ProcessRequest, &ProcessRequest::format>},
};
constexpr CommandFlag<ProcessRequest> kPidFlags[] = {
    kFlags[0],
    {{"in",
      0,
      Arity::Value,
      "NAMESPACE|CONTAINER",
      "The number is one of that PID namespace: which process is it?",
      Section::General},
     take_text<ProcessRequest, &ProcessRequest::in>},
};

struct Scene {
  toolbox::Inventory inventory;
  toolbox::ContainerNames names;
  std::vector<std::string_view> operands;

  Result<toolbox::ProcessFacts> process(std::size_t index) const {
    return toolbox::facts_of_process(inventory, TRY(toolbox::find_process(names, operands[index])));
  }
  std::string name(toolbox::Index index) const {
    return index == toolbox::kNone ? "beyond" : inventory.namespaces[index].name.str();
  }
};

template <std::size_t Count>
Result<Scene> open_scene(const CommandFlag<ProcessRequest> (&flags)[Count],
                         const char* command,
                         Arguments arguments,
                         ProcessRequest& request,
                         std::size_t least,
                         std::size_t most) {
  Scene scene;
  scene.operands = TRY(take_flags(flags, arguments, options::Operands::Mixed, request));
  TRY(check_operands(command, scene.operands, least, most, "process"));
  // Members, their parents and owners are enough here.
  scene.inventory = TRY(toolbox::discover({.descriptors = false, .mounts = false}));
  scene.names = container_names();
  return scene;
}

Result<std::string> can(Arguments arguments) {
  ProcessRequest request;
  const Scene scene = TRY(open_scene(kFlags, "ns can", arguments, request, 2, 2));
  auto a = TRY(scene.process(0)), b = TRY(scene.process(1));
  toolbox::read_walls(a);
  toolbox::read_walls(b);
  std::vector<json::Value> rows;
  for (const toolbox::Verdict& verdict : toolbox::can(scene.inventory, a, b)) {
    json::Value row;
    row["What"] = verdict.what;
    row["May"] = verdict.may ? "yes" : "no";
    row["Rule"] = verdict.rule;
    rows.push_back(std::move(row));
  }
  static constexpr std::array kFields = {
      Field{"What", "MAY"}, Field{"May", ""}, Field{"Rule", "BECAUSE"}};
  return request.format.show(kFields, {"What", "May", "Rule"}, rows);
}

Result<std::string> diff(Arguments arguments) {
  ProcessRequest request;
  const Scene scene = TRY(open_scene(kFlags, "ns diff", arguments, request, 2, 2));
  const auto a = TRY(scene.process(0)), b = TRY(scene.process(1));
  std::vector<json::Value> rows;
  for (const toolbox::Difference& one : toolbox::differences(scene.inventory, a, b)) {
    json::Value row;
    row["What"] = one.what;
    row["A"] = one.a;
    row["B"] = one.b;
    if (request.format.is_table()) {
      for (const char* side : {"A", "B"}) {
        if (row[side].string()->empty()) row[side] = "-";
        if (row[side].string()->size() > 60) row[side] = row[side].string()->substr(0, 57) + "...";
      }
    }
    rows.push_back(std::move(row));
  }
  static constexpr std::array kFields = {Field{"What", "WHAT"}, Field{"A", "A"}, Field{"B", "B"}};
  return request.format.show(kFields, {"What", "A", "B"}, rows);
}

std::string set_words(kernel::CapabilitySet set) {
  const auto all = kernel::CapabilitySet::up_to(kernel::kLastKnownCapability);
  if (set.empty()) return "none";
  if (set == all) return "all";
  const auto missing = kernel::capability_names(all - set);
  if (missing.size() <= 5) return format("all but {}", join(missing, " "));
  return join(kernel::capability_names(set), " ");
}

Result<std::string> caps(Arguments arguments) {
  ProcessRequest request;
  const Scene scene = TRY(open_scene(kFlags, "ns caps", arguments, request, 1, 2));
  const auto facts = TRY(scene.process(0));
  const auto& state = facts.capabilities;
  const std::pair<const char*, kernel::CapabilitySet> sets[] = {{"effective", state.effective},
                                                                {"permitted", state.permitted},
                                                                {"inheritable", state.inheritable},
                                                                {"bounding", state.bounding},
                                                                {"ambient", state.ambient}};
  std::vector<json::Value> rows;
  const auto add = [&](std::string what, kernel::CapabilitySet set, std::string rule) {
    json::Value row;
    row["Set"] = std::move(what);
    row["Capabilities"] = request.format.is_json() ? json::Value(kernel::capability_names(set))
                                                   : json::Value(set_words(set));
    row["Rule"] = std::move(rule);
    rows.push_back(std::move(row));
  };
  const std::string own = scene.name(facts.space(kernel::NamespaceKind::User));
  for (const auto& [what, set] : sets) add(what, set, format("in {}", own));
  if (scene.operands.size() == 2) {
    for (const toolbox::Index target :
         TRY(toolbox::find_namespaces(scene.inventory, scene.names, scene.operands[1]))) {
      const auto power =
          toolbox::power_over(scene.inventory, facts, toolbox::judge_of(scene.inventory, target));
      add(format("over {}", scene.name(target)), power.set, power.rule);
    }
  }
  static constexpr std::array kFields = {
      Field{"Set", "SET"}, Field{"Capabilities", "CAPABILITIES"}, Field{"Rule", "RULE"}};
  return request.format.show(kFields, {"Set", "Rule", "Capabilities"}, rows);
}

Result<Pid> inner_process(const Scene& scene, std::string_view in) {
  const auto number = TRY(parse_int(scene.operands[0], "a process"));
  for (const toolbox::Index index :
       TRY(toolbox::find_namespaces(scene.inventory, scene.names, in))) {
    if (scene.inventory.namespaces[index].name.kind != kernel::NamespaceKind::Pid) continue;
    return toolbox::find_by_inner_pid(scene.inventory, index, static_cast<pid_t>(number));
  }
  return fail(ErrorKind::InvalidArgument, format("{} has no PID namespace to see", quoted(in)));
}

Result<std::string> pid(Arguments arguments) {
  ProcessRequest request;
  const Scene scene = TRY(open_scene(kPidFlags, "ns pid", arguments, request, 1, 1));
  const Pid found = request.in.empty() ? TRY(toolbox::find_process(scene.names, scene.operands[0]))
                                       : TRY(inner_process(scene, request.in));
  const auto facts = TRY(toolbox::facts_of_process(scene.inventory, found));
  std::vector<json::Value> rows;
  for (const toolbox::Level& level : toolbox::pid_levels(scene.inventory, facts)) {
    json::Value row;
    row["PID"] = level.pid;
    row["Namespace"] = scene.name(level.space);
    const toolbox::ContainerName* container =
        level.space == toolbox::kNone
            ? nullptr
            : toolbox::container_of(
                  scene.inventory, scene.names, scene.inventory.namespaces[level.space]);
    row["Container"] = container == nullptr ? "" : container->name;
    row["Command"] = toolbox::command_of(found.value);
    rows.push_back(std::move(row));
  }
  static constexpr std::array kFields = {Field{"PID", "PID"},
                                         Field{"Namespace", "IN"},
                                         Field{"Container", "CONTAINER"},
                                         Field{"Command", "COMMAND"}};
  return request.format.show(kFields, {"PID", "Namespace", "Container", "Command"}, rows);
}

std::string inside_words(const toolbox::IdMap& map, std::uint32_t outside) {
  std::uint32_t inside = 0;
  return toolbox::to_inside(map, outside, inside) ? format("{}", inside) : "none (65534)";
}

Result<std::string> ids(Arguments arguments) {
  ProcessRequest request;
  const Scene scene = TRY(open_scene(kFlags, "ns ids", arguments, request, 1, 1));
  const auto facts = TRY(scene.process(0));
  std::vector<json::Value> rows;
  const auto add = [&](const char* kind,
                       const std::string& what,
                       std::string inside,
                       std::string outside,
                       std::string count) {
    json::Value row;
    row["Kind"] = kind;
    row["What"] = what;
    row["Inside"] = std::move(inside);
    row["Outside"] = std::move(outside);
    row["Count"] = std::move(count);
    rows.push_back(std::move(row));
  };
  constexpr const char* kIds[] = {"real", "effective", "saved", "file system"};
  for (const bool users : {true, false}) {
    const char* kind = users ? "user" : "group";
    const toolbox::IdMap& map = users ? facts.uid_map : facts.gid_map;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint32_t id = users ? facts.uid[i] : facts.gid[i];
      add(kind, kIds[i], inside_words(map, id), format("{}", id), "");
    }
    for (const toolbox::IdRange& range : map) {
      add(kind,
          "map",
          format("{}", range.inside),
          format("{}", range.outside),
          format("{}", range.count));
    }
  }
  static constexpr std::array kFields = {Field{"Kind", "KIND"},
                                         Field{"What", "WHAT"},
                                         Field{"Inside", "INSIDE"},
                                         Field{"Outside", "HERE"},
                                         Field{"Count", "COUNT"}};
  return request.format.show(kFields, {"Kind", "What", "Inside", "Outside", "Count"}, rows);
}

}  // namespace

int ns_can_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns can"), flags_of(kFlags));
  return finish(can(arguments));
}
int ns_diff_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns diff"), flags_of(kFlags));
  return finish(diff(arguments));
}
int ns_caps_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns caps"), flags_of(kFlags));
  return finish(caps(arguments));
}
int ns_pid_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("ns pid"), flags_of(kPidFlags));
  return finish(pid(arguments));
}
int ns_ids_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns ids"), flags_of(kFlags));
  return finish(ids(arguments));
}

}  // namespace isle::cli
