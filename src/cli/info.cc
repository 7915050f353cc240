// isle info: what isle finds on this host, where it keeps its things.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/output/rows.h"
#include "engine/paths.h"
#include "image/snapshot/driver.h"
#include "kernel/capability.h"
#include "runtime/launch/gather_facts.h"

namespace isle::cli {
namespace {

json::Value facts_json(const engine::Paths& paths, const runtime::HostFacts& facts) {
  json::Value value;
  value["version"] = ISLE_VERSION;
  value["root"] = paths.store.root().str();
  value["run"] = paths.run.str();
  value["uid"] = facts.euid;
  value["privileged"] = facts.privileged();
  value["cgroups"] = facts.cgroups.kind();
  value["mayMakeCgroups"] = facts.may_make_cgroups;
  json::Value& controllers = value["controllers"];
  controllers = json::Value(json::Array{});
  for (kernel::cgroup::Controller controller : kernel::cgroup::kControllers) {
    if (!facts.cgroups.has(controller)) continue;
    controllers.push_back(format("{} ({})",
                                 kernel::cgroup::to_string(controller),
                                 facts.cgroups.on_v2(controller) ? "v2" : "v1"));
  }
  const auto all = kernel::CapabilitySet::up_to(facts.last_capability);
  value["missingCapabilities"] = kernel::capability_names(all - facts.effective);
  const auto driver = image::choose_driver(paths.store, {});
  value["storageDriver"] =
      driver ? std::string(image::to_string(*driver)) : "none: " + driver.error().describe();
  json::Value& drivers = value["storageDrivers"];
  drivers = json::Value(json::Array{});
  for (const image::DriverState& state : image::driver_states(paths.store)) {
    drivers.push_back(state.reason.empty() ? std::string(state.name)
                                           : format("{} (no: {})", state.name, state.reason));
  }
  value["apparmor"] = facts.apparmor;
  value["selinux"] = facts.selinux;
  return value;
}

std::string words_of(const json::Value& value) {
  if (value.string() != nullptr) return *value.string();
  if (value.boolean() != nullptr) return *value.boolean() ? "yes" : "no";
  if (value.array() == nullptr) return json::write(value);
  std::vector<std::string> words;
  for (const json::Value& item : *value.array()) words.push_back(words_of(item));
  return words.empty() ? "none" : join(words, ", ");
}

struct InfoRequest {
  Format format;
};

constexpr CommandFlag<InfoRequest> kFlags[] = {
    {{"format",
      'f',
      options::Arity::Value,
      "FORMAT",
      "json, or a template such as \"{{.Cgroups}}\"",
      options::Section::General},
     [](InfoRequest& request, std::string_view value) -> Result<void> {
       request.format = TRY(Format::parse(value));
       return {};
     }},
};

Result<std::string> show(const InfoRequest& request, const json::Value& facts) {
  if (request.format.is_json()) return json::write_pretty(facts) + "\n";
  if (!request.format.is_table()) return request.format.lines({facts});
  std::string text;
  for (const json::Member& member : *facts.object()) {
    text += format("{:<20} {}\n", member.key + ":", words_of(member.value));
  }
  return text;
}

Result<std::string> inform(Arguments arguments) {
  InfoRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  if (!operands.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("info: {} is too much", quoted(operands[0])),
                "info takes flags only");
  }
  const engine::Paths paths = TRY(engine::Paths::open());
  return show(request, facts_json(paths, TRY(runtime::gather_facts())));
}

}  // namespace

int info_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("info"), {kFlags[0].flag});
  const auto text = inform(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
