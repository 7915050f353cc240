// isle inspect: the record, the state, the OCI specification; with --isolation what the host sees
// of the walls: namespaces, ids, capabilities, filter, control groups, environment, mounts.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/output/listing.h"
#include "engine/containers.h"
#include "engine/isolation.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

struct InspectRequest {
  bool isolation = false;
};

constexpr CommandFlag<InspectRequest> kFlags[] = {
    {{"isolation",
      0,
      options::Arity::Switch,
      nullptr,
      "What isolates a running container, as the host sees it",
      options::Section::General},
     [](InspectRequest& request, std::string_view value) -> Result<void> {
       request.isolation = value == "true";
       return {};
     }},
    {{"format",
      0,
      options::Arity::Value,
      "json",
      "The only format there is",
      options::Section::General},
     [](InspectRequest&, std::string_view value) -> Result<void> {
       if (value == "json") return {};
       return fail(ErrorKind::Unsupported, format("--format {}: only json", quoted(value)));
     }},
};

Result<json::Value> describe(const engine::Paths& paths,
                             const InspectRequest& request,
                             std::string_view name) {
  const engine::Listed listed = TRY(engine::find_container(paths, name));
  if (request.isolation) return engine::isolation_of(listed);
  json::Value value = listed_json(listed);
  const HostPath directory = paths.container(listed.container.id);
  value["directory"] = directory.str();
  value["record"] = record::container_json(listed.container);
  if (listed.state) {
    value["cgroups"] = listed.state->cgroup_directories;
    value["namespaces"] = listed.state->namespaces;
  }
  if (const auto config = kernel::read_file(directory / "config.json")) {
    value["spec"] = TRY(json::parse(*config));
  }
  return value;
}

}  // namespace

int inspect_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("inspect"), {kFlags[0].flag, kFlags[1].flag});
  }
  InspectRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty()) return complain_of_none("inspect", "isle ps -a lists them");
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  json::Value array(json::Array{});
  int status = 0;
  for (std::string_view name : *names) {
    auto value = describe(*paths, request, name);
    if (value) {
      array.push_back(std::move(*value));
    } else {
      status = complain(Error(value.error()).within(format("inspect {}", quoted(name))), 1);
    }
  }
  print(json::write_pretty(array) + "\n");
  return status;
}

}  // namespace isle::cli
