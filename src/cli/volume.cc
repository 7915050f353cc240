// isle volume: directories that outlive containers.
#include <fcntl.h>
#include <unistd.h>
#include <array>

#include "base/strings.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/volume_list.h"
#include "engine/volumes.h"
#include "image/tree_transfer.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct VolumeRequest {
  bool force = false, all = false, quiet = false, no_head = false, ignore = false;
  std::vector<std::string> labels, options, filters;
  std::string file;
  Format format;
};
using Rows = std::vector<std::string_view>;

Result<void> take_driver(VolumeRequest&, std::string_view value) {
  if (value == "local") return {};
  return fail(ErrorKind::Unsupported,
              format("--driver {}: volumes have the driver local only", quoted(value)),
              "--opt type=nfs --opt device=:/path --opt o=addr=HOST mounts a share");
}

constexpr CommandFlag<VolumeRequest> kForce = {{"force",
                                                'f',
                                                Arity::Switch,
                                                nullptr,
                                                "Do not ask; what is not there is no error",
                                                Section::General},
                                               take_switch<VolumeRequest, &VolumeRequest::force>};
constexpr CommandFlag<VolumeRequest> kFilter = {
    {"filter",
     0,
     Arity::Value,
     "KEY=VALUE",
     "Only those with name=PART, label=NAME[=VALUE], driver=NAME or dangling=BOOL",
     Section::General},
    take_each<VolumeRequest, &VolumeRequest::filters>};
constexpr CommandFlag<VolumeRequest> kFormat = {
    {"format",
     0,
     Arity::Value,
     "FORMAT",
     "json, or a template such as \"{{.Name}} {{.Mountpoint}}\"",
     Section::General},
    take_format<VolumeRequest, &VolumeRequest::format>};

// docker's flags of volumes of a swarm.
constexpr CommandFlag<VolumeRequest> cluster_flag(const char* name) {
  return {{name, 0, Arity::Optional, nullptr, nullptr, Section::General},
          [](VolumeRequest& /*request*/, std::string_view /*value*/) -> Result<void> {
            return fail(
                ErrorKind::Unsupported,
                "it is for a volume of a cluster (docker's swarm), which isle does not have");
          }};
}

constexpr CommandFlag<VolumeRequest> kCreateFlags[] = {
    {{"driver", 'd', Arity::Value, "local", "The only one there is", Section::General},
     take_driver},
    {{"label", 0, Arity::Value, "NAME[=VALUE]", "Note it with the volume", Section::General},
     take_each<VolumeRequest, &VolumeRequest::labels>},
    {{"opt",
      'o',
      Arity::Value,
      "NAME=VALUE",
      "type, device and o of mount(8), such as type=tmpfs, device=tmpfs, o=size=64m",
      Section::General},
     take_each<VolumeRequest, &VolumeRequest::options>},
    {{"ignore", 0, Arity::Switch, nullptr, "One that is there is no error", Section::General},
     take_switch<VolumeRequest, &VolumeRequest::ignore>},
    cluster_flag("availability"),
    cluster_flag("group"),
    cluster_flag("limit-bytes"),
    cluster_flag("required-bytes"),
    cluster_flag("scope"),
    cluster_flag("sharing"),
    cluster_flag("topology-preferred"),
    cluster_flag("topology-required"),
    cluster_flag("type"),
};
constexpr CommandFlag<VolumeRequest> kListFlags[] = {
    kFilter,
    kFormat,
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the names", Section::General},
     take_switch<VolumeRequest, &VolumeRequest::quiet>},
    {{"noheading",
      'n',
      Arity::Switch,
      nullptr,
      "Without the names of the columns",
      Section::General},
     take_switch<VolumeRequest, &VolumeRequest::no_head>},
    cluster_flag("cluster"),
};
constexpr CommandFlag<VolumeRequest> kInspectFlags[] = {
    kFormat,
    {{"all", 'a', Arity::Switch, nullptr, "All there are", Section::General},
     take_switch<VolumeRequest, &VolumeRequest::all>},
};
constexpr CommandFlag<VolumeRequest> kRemoveFlags[] = {
    kForce,
    {{"all", 'a', Arity::Switch, nullptr, "All that no container uses", Section::General},
     take_switch<VolumeRequest, &VolumeRequest::all>},
};
constexpr CommandFlag<VolumeRequest> kPruneFlags[] = {
    {{"all", 'a', Arity::Switch, nullptr, "Also those with a name", Section::General},
     take_switch<VolumeRequest, &VolumeRequest::all>},
    kForce,
    kFilter,
};
constexpr CommandFlag<VolumeRequest> kExportFlags[] = {
    {{"output", 'o', Arity::Value, "FILE", "Where to (default: standard output)", Section::General},
     take_text<VolumeRequest, &VolumeRequest::file>},
};

Result<oci::StringMap> pairs_of(const std::vector<std::string>& words) {
  oci::StringMap map;
  for (const std::string& word : words) {
    const Cut parts = cut(word, '=');
    if (parts.before.empty()) {
      return fail(ErrorKind::InvalidArgument, format("{} has no name", quoted(word)));
    }
    map[std::string(parts.before)] = parts.after;
  }
  return map;
}

Result<std::string> create(const VolumeRequest& request, const Rows& names) {
  TRY(check_operands("volume create", names, 0, 1, "volume"));
  volume::Volume wanted{.anonymous = names.empty()};
  wanted.name = names.empty() ? TRY(engine::random_id()) : std::string(names[0]);
  wanted.labels = TRY(pairs_of(request.labels));
  wanted.options = TRY(pairs_of(request.options));
  const volume::Volumes volumes = engine::volumes_of(TRY(engine::Paths::open()));
  const kernel::UniqueFd lock = TRY(volumes.lock(false));
  if (request.ignore && TRY(volumes.find(wanted.name))) return wanted.name + "\n";
  return TRY(volumes.create(std::move(wanted))).name + "\n";
}

Result<std::string> list(const VolumeRequest& request, const Rows& names) {
  TRY(check_operands("volume ls", names, 0, 0, ""));
  const auto volumes = TRY(listed_volumes(TRY(engine::Paths::open()), request.filters));
  if (!request.quiet) {
    std::string text = TRY(show_volumes(request.format, volumes));
    if (request.no_head && request.format.has_head()) text.erase(0, text.find('\n') + 1);
    return text;
  }
  std::string text;
  for (const ListedVolume& one : volumes) text += one.volume.name + "\n";
  return text;
}

// Those named, or with --all those the filters let through.
Result<std::vector<std::string>> names_of(const engine::Paths& paths,
                                          const VolumeRequest& request,
                                          const Rows& named,
                                          const std::vector<std::string>& filters) {
  std::vector<std::string> names(named.begin(), named.end());
  if (!request.all) return names;
  if (!names.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "--all leaves nothing to be named",
                format("leave --all or {} out", quoted(names[0])));
  }
  for (ListedVolume& one : TRY(listed_volumes(paths, filters))) {
    names.push_back(std::move(one.volume.name));
  }
  return names;
}

Result<std::string> inspect(const VolumeRequest& request, const Rows& names) {
  const std::size_t least = request.all ? 0 : 1;
  TRY(check_operands("volume inspect", names, least, names.size() + 1, "volume"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const volume::Volumes volumes = engine::volumes_of(paths);
  std::vector<json::Value> values;
  for (const std::string& name : TRY(names_of(paths, request, names, {}))) {
    values.push_back(volume_document(volumes, TRY(volumes.get(name))));
  }
  if (!request.format.is_table() && !request.format.is_json()) return request.format.lines(values);
  return json::write_pretty(json::Value(json::Array(values))) + "\n";
}

// One that cannot go is told, and the others go all the same.
int remove_all(const VolumeRequest& request, const Rows& named) {
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names = names_of(*paths, request, named, {"dangling=true"});
  if (!names) return complain(Error(names.error()).within("volume rm"));
  int status = 0;
  for (const std::string& name : *names) {
    const auto removed = engine::remove_volume(*paths, name, request.force);
    if (removed) {
      print(name + "\n");
    } else {
      status = complain(Error(removed.error()).within("volume rm"), 1);
    }
  }
  return status;
}

Result<std::string> prune(const VolumeRequest& request, const Rows& names) {
  TRY(check_operands("volume prune", names, 0, 0, ""));
  std::vector<std::string> labels;
  for (const std::string& filter : request.filters) {
    const Cut parts = cut(filter, '=');
    if (parts.before != "label") {
      return fail(ErrorKind::Unsupported,
                  format("--filter {} is not known", quoted(parts.before)),
                  "prune knows label=NAME[=VALUE]");
    }
    labels.emplace_back(parts.after);
  }
  if (!request.force) {
    const std::string what = request.all ? "all volumes" : "all volumes without a name";
    if (!TRY(ask_whether_to_remove(what + " that no container uses"))) return std::string();
  }
  std::string text;
  for (const std::string& name :
       TRY(engine::prune_volumes(TRY(engine::Paths::open()), request.all, labels))) {
    text += name + "\n";
  }
  return text;
}

Result<kernel::UniqueFd> open_data(const engine::Paths& paths, std::string_view name) {
  const volume::Volumes volumes = engine::volumes_of(paths);
  const volume::Volume found = TRY(volumes.get(name));
  if (found.options.empty()) {
    return kernel::open_file(volumes.data(name), O_RDONLY | O_DIRECTORY);
  }
  return fail(ErrorKind::Unsupported,
              format("volume {} is mounted only inside containers", quoted(name)),
              "isle cp reads and writes a container's files");
}

Result<std::string> give(const VolumeRequest& request, const Rows& names) {
  TRY(check_operands("volume export", names, 1, 1, "volume"));
  const engine::Paths paths = TRY(engine::Paths::open());
  image::TreeSource source;
  source.directories.push_back(TRY(open_data(paths, names[0])));
  if (request.file.empty()) {
    if (isatty(STDOUT_FILENO) == 1) {
      return fail(ErrorKind::InvalidArgument,
                  "volume export: an archive is not for a terminal",
                  "name a file with --output");
    }
    TRY(image::pack_tree(paths.store, source, STDOUT_FILENO));
    return std::string();
  }
  const kernel::UniqueFd file =
      TRY(kernel::open_file(HostPath(request.file), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  TRY(image::pack_tree(paths.store, source, file.get()));
  return std::string();
}

Result<std::string> take(const VolumeRequest&, const Rows& names) {
  TRY(check_operands("volume import", names, 2, 2, "volume and no archive"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const kernel::UniqueFd target = TRY(open_data(paths, names[0]));
  kernel::UniqueFd file;
  int input = STDIN_FILENO;
  if (names[1] != "-") {
    file = TRY(kernel::open_file(HostPath(std::string(names[1])), O_RDONLY));
    input = file.get();
  }
  TRY(image::extract_tree(paths.store, input, {.directory = target.get(), .uids = {}, .gids = {}}));
  return std::string();
}

template <std::size_t Count>
int run(const char* name,
        const CommandFlag<VolumeRequest> (&flags)[Count],
        Result<std::string> (*act)(const VolumeRequest&, const Rows&),
        Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command(name), flags_of(flags));
  VolumeRequest request;
  const auto names = take_flags(flags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const Result<std::string> text = act(request, *names);
  return text ? finish(text) : complain(Error(text.error()).within(name), 1);
}

int create_command(Arguments words) { return run("volume create", kCreateFlags, create, words); }
int list_command(Arguments words) { return run("volume ls", kListFlags, list, words); }
int inspect_volumes(Arguments words) {
  return run("volume inspect", kInspectFlags, inspect, words);
}
int remove_command(Arguments words) {
  if (wants_help(words))
    return print_command_help(*find_command("volume rm"), flags_of(kRemoveFlags));
  VolumeRequest request;
  const auto names = take_flags(kRemoveFlags, words, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const std::size_t least = request.all ? 0 : 1;
  const auto some = check_operands("volume rm", *names, least, names->size() + 1, "volume");
  return some ? remove_all(request, *names) : complain(some.error(), 1);
}
int prune_command(Arguments words) { return run("volume prune", kPruneFlags, prune, words); }
int export_volume(Arguments words) { return run("volume export", kExportFlags, give, words); }

int import_volume(Arguments words) {
  if (wants_help(words)) return print_command_help(*find_command("volume import"), {});
  const std::vector<std::string_view> names(words.begin(), words.end());
  const Result<std::string> text = take({}, names);
  return text ? finish(text) : complain(Error(text.error()).within("volume import"), 1);
}

int exists_volume(Arguments words) {
  if (wants_help(words)) return print_command_help(*find_command("volume exists"), {});
  const std::vector<std::string_view> names(words.begin(), words.end());
  const auto one = check_operands("volume exists", names, 1, 1, "volume");
  if (!one) return complain(one.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto found = engine::volumes_of(*paths).find(names[0]);
  if (!found) return complain(found.error());
  return *found ? 0 : 1;
}

constexpr std::array kCommands = {
    Command{"volume create", "[FLAGS] [NAME]", "Make a volume", create_command},
    Command{"volume ls", "[FLAGS]", "List volumes", list_command},
    Command{"volume list", "[FLAGS]", nullptr, list_command},
    Command{"volume inspect",
            "[FLAGS] VOLUME...",
            "Show all that is known of volumes",
            inspect_volumes},
    Command{"volume exists",
            "VOLUME",
            "Tell by the exit status whether a volume is here",
            exists_volume},
    Command{"volume rm", "[FLAGS] VOLUME...", "Remove volumes", remove_command},
    Command{"volume prune", "[FLAGS]", "Remove volumes that no container uses", prune_command},
    Command{
        "volume export", "[-o FILE] VOLUME", "Write a volume's files to an archive", export_volume},
    Command{
        "volume import", "VOLUME FILE|-", "Put an archive's files into a volume", import_volume},
};

}  // namespace

const Group kVolumeGroup{.name = "volume", .about = "Commands on volumes", .commands = kCommands};

int volume_command(Arguments arguments) { return run_group(kVolumeGroup, arguments); }

}  // namespace isle::cli
