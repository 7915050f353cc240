// isle inspect: of a container what docker and podman tell, the record, the OCI specification; with
// --isolation what the host sees of the walls: namespaces, ids, capabilities, filter, control
// groups, environment, mounts. Of an image its configuration, names and layers; of networks and
// volumes what their own inspect shows.
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/network_show.h"
#include "cli/output/container_json.h"
#include "cli/output/image_json.h"
#include "cli/output/table.h"
#include "cli/selection.h"
#include "cli/volume_list.h"
#include "engine/containers.h"
#include "engine/isolation.h"
#include "engine/volumes.h"
#include "kernel/fd.h"
#include "kernel/tty.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct InspectRequest {
  bool isolation = false, size = false, latest = false;
  std::string type = "all";
  Format format;
  bool as_table = kernel::is_terminal(STDOUT_FILENO);  // of isolation: until --format says
};

Result<void> take_type(InspectRequest& request, std::string_view value) {
  constexpr std::array<std::string_view, 5> kTypes = {
      "all", "container", "image", "network", "volume"};
  if (std::ranges::find(kTypes, value) == kTypes.end()) {
    return fail(ErrorKind::InvalidArgument,
                format("--type cannot be {}", quoted(value)),
                "it is container, image, network, volume or all");
  }
  request.type = std::string(value);
  return {};
}

Result<void> take_inspect_format(InspectRequest& request, std::string_view value) {
  request.format = TRY(Format::parse(value));
  request.as_table = value == "table";
  return {};
}

constexpr CommandFlag<InspectRequest> kFlags[] = {
    {{"isolation",
      0,
      Arity::Switch,
      nullptr,
      "What isolates a running container, as the host sees it: in words on a terminal",
      Section::General},
     take_switch<InspectRequest, &InspectRequest::isolation>},
    {{"size",
      's',
      Arity::Switch,
      nullptr,
      "How much a container has written, too",
      Section::General},
     take_switch<InspectRequest, &InspectRequest::size>},
    {{"type",
      't',
      Arity::Value,
      "TYPE",
      "Only a container, image, network or volume",
      Section::General},
     take_type},
    {{"format",
      'f',
      Arity::Value,
      "FORMAT",
      "json, or a template such as \"{{.Id}}\"; with --isolation also table, the words",
      Section::General},
     take_inspect_format},
    kLatestFlag<InspectRequest>,
};

Result<json::Value> describe_container(const engine::Paths& paths,
                                       const InspectRequest& request,
                                       std::string_view name) {
  engine::Listed found = TRY(engine::find_container(paths, name));
  if (request.isolation) return engine::isolation_of(found);
  const engine::ContainerDetail detail =
      TRY(engine::detail_of(paths, std::move(found), request.size));
  const engine::Listed& listed = detail.listed;
  json::Value value = container_json(paths, detail);
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

Result<json::Value> describe_image(const engine::Paths& paths, std::string_view name) {
  return image_json(paths.store, TRY(find_image(paths.store, name)));
}

Result<json::Value> describe_volume(const engine::Paths& paths, std::string_view name) {
  const volume::Volumes volumes = engine::volumes_of(paths);
  return volume_document(volumes, TRY(volumes.get(name)));
}

// Only containers have walls. Of all types the first that has the name is shown, as docker does.
Result<json::Value> describe(const engine::Paths& paths,
                             const InspectRequest& request,
                             std::string_view name) {
  if (request.type == "image") return describe_image(paths, name);
  if (request.type == "network") return network_document(paths, name);
  if (request.type == "volume") return describe_volume(paths, name);
  Result<json::Value> found = describe_container(paths, request, name);
  if (request.type == "container" || request.isolation) return found;
  // What cannot be the name of one may be another's.
  const auto is_missing = [&found] {
    return !found && (found.error().kind == ErrorKind::NotFound ||
                      found.error().kind == ErrorKind::InvalidArgument);
  };
  if (is_missing()) found = describe_image(paths, name);
  if (is_missing()) found = network_document(paths, name);
  if (is_missing()) found = describe_volume(paths, name);
  if (!is_missing()) return found;
  return fail(ErrorKind::NotFound,
              format("there is no container, image, network or volume {}", quoted(name)),
              "isle ps -a, isle images, isle network ls and isle volume ls list them");
}

// A row for each wall: what of which container, what it is, and the flag that changes it.
std::string isolation_table(const std::vector<json::Value>& values) {
  constexpr const char* kMembers[] = {"what", "is", "flag"};
  std::vector<std::vector<std::string>> rows;
  for (const json::Value& value : values) {
    for (const json::Value& wall : *value.find("words")->array()) {
      std::vector<std::string>& row = rows.emplace_back();
      row.push_back(*value.find("name")->string());
      for (const char* member : kMembers) row.push_back(*wall.find(member)->string());
    }
  }
  return table({"CONTAINER", "WHAT", "IS", "CHANGED BY"}, rows, table_width());
}

Result<std::string> show(const InspectRequest& request, const std::vector<json::Value>& values) {
  if (request.isolation && request.as_table) return isolation_table(values);
  if (!request.format.is_table() && !request.format.is_json()) return request.format.lines(values);
  return json::write_pretty(json::Value(json::Array(values))) + "\n";
}

int inspect_all(const InspectRequest& request, std::vector<std::string_view> names) {
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  std::vector<std::string> latest;
  const auto put = put_latest(*paths, request.latest, latest, names);
  if (!put) return complain(put.error());
  std::vector<json::Value> values;
  int status = 0;
  for (std::string_view name : names) {
    auto value = describe(*paths, request, name);
    if (value) {
      values.push_back(std::move(*value));
    } else {
      status = complain(Error(value.error()).within(format("inspect {}", quoted(name))), 1);
    }
  }
  const int shown = finish(show(request, values));
  return shown == 0 ? status : shown;
}

}  // namespace

int inspect_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("inspect"), flags_of(kFlags));
  InspectRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty() && !request.latest) {
    return complain_of_none(
        "inspect",
        "isle ps -a, isle images, isle network ls and isle volume ls list what there is");
  }
  return inspect_all(request, *names);
}

int container_inspect_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("container inspect"), flags_of(kFlags));
  }
  InspectRequest request;
  request.type = "container";
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const std::size_t least = request.latest ? 0 : 1;
  const auto some =
      check_operands("container inspect", *names, least, names->size() + 1, "container");
  return some ? inspect_all(request, *names) : complain(some.error());
}

int image_inspect_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("image inspect"), {kFlags[3].flag});
  }
  constexpr CommandFlag<InspectRequest> kImageFlags[] = {kFlags[3]};
  InspectRequest request;
  request.type = "image";
  const auto names = take_flags(kImageFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const auto some = check_operands("image inspect", *names, 1, names->size() + 1, "image");
  return some ? inspect_all(request, *names) : complain(some.error());
}

}  // namespace isle::cli
