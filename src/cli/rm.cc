// isle rm.
#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "engine/containers.h"
#include "engine/stop.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct RemoveRequest : Selection {
  bool force = false, volumes = false, depend = false;
  std::optional<std::int64_t> time;
};

constexpr CommandFlag<RemoveRequest> kFlags[] = {
    {{"force",
      'f',
      Arity::Switch,
      nullptr,
      "Kill those that run; one that is not there is no error",
      Section::General},
     take_switch<RemoveRequest, &RemoveRequest::force>},
    {{"volumes",
      'v',
      Arity::Switch,
      nullptr,
      "Also the volumes without a name that were made for them",
      Section::General},
     take_switch<RemoveRequest, &RemoveRequest::volumes>},
    {{"depend",
      0,
      Arity::Switch,
      nullptr,
      "Also those that are in namespaces of theirs (--network container:NAME)",
      Section::General},
     take_switch<RemoveRequest, &RemoveRequest::depend>},
    {{"time",
      't',
      Arity::Value,
      "SECONDS",
      "With --force: ask them to end first, and wait this long",
      Section::General},
     [](RemoveRequest& request, std::string_view value) -> Result<void> {
       request.time = TRY_STEP(parse_int(value, "seconds"), "--time");
       return {};
     }},
    all_flag<RemoveRequest>("All that do not run; with --force all there are"),
    kLatestFlag<RemoveRequest>,
    kCidFileFlag<RemoveRequest>,
    filter_flag<RemoveRequest>(0),
    kIgnoreFlag<RemoveRequest>,
};

bool is_of(std::string_view mode, const record::Container& owner) {
  if (!mode.starts_with("container:")) return false;
  mode.remove_prefix(std::string_view("container:").size());
  return mode == owner.name || (mode.size() >= 4 && owner.id.starts_with(mode));
}

bool depends_on(const record::Container& one, const record::Container& owner) {
  const record::Namespaces& spaces = one.namespaces;
  const auto modes = {spaces.pid, spaces.ipc, spaces.uts, spaces.user, spaces.network};
  return std::ranges::any_of(modes, [&owner](const auto& mode) { return is_of(mode, owner); });
}

// Those that depend on it come before it, and theirs before them.
void add_with_dependents(const engine::Listing& listing,
                         const record::Container& container,
                         std::vector<std::string>& names) {
  if (std::ranges::find(names, container.name) != names.end()) return;
  const std::size_t place = names.size();
  names.push_back(container.name);
  for (const engine::Listed& listed : listing.containers) {
    if (depends_on(listed.container, container)) {
      add_with_dependents(listing, listed.container, names);
    }
  }
  std::rotate(names.begin() + static_cast<std::ptrdiff_t>(place),
              names.begin() + static_cast<std::ptrdiff_t>(place) + 1,
              names.end());
}

Result<std::vector<std::string>> with_dependents(const engine::Paths& paths,
                                                 const std::vector<std::string>& names) {
  const engine::Listing listing = TRY(engine::list_containers(paths, true));
  std::vector<std::string> all;
  for (const std::string& name : names) {
    const auto found = engine::find_container(paths, name);
    if (found) {
      add_with_dependents(listing, found->container, all);
    } else {
      all.push_back(name);  // removing it tells why
    }
  }
  return all;
}

Result<void> remove_one(const engine::Paths& paths,
                        const RemoveRequest& request,
                        const std::string& name) {
  if (request.force && request.time) {
    const auto stopped = engine::stop(paths, name, {.timeout = request.time, .signal = 0});
    // With --rm it may have gone by itself.
    if (!stopped && stopped.error().kind != ErrorKind::Conflict) {
      return std::unexpected(stopped.error());
    }
  }
  TRY(engine::remove_container(paths, name, {.force = request.force, .volumes = request.volumes}));
  return {};
}

int remove_all(const engine::Paths& paths,
               const RemoveRequest& request,
               const std::vector<std::string>& names) {
  int status = 0;
  for (const std::string& name : names) {
    const auto removed = remove_one(paths, request, name);
    if (removed) {
      print(format("{}\n", name));
    } else if (!(request.force || request.ignore) || removed.error().kind != ErrorKind::NotFound) {
      status = complain(Error(removed.error()).within(format("rm {}", quoted(name))), 1);
    }
  }
  return status;
}

Result<std::vector<std::string>> names_of(const engine::Paths& paths,
                                          RemoveRequest& request,
                                          const std::vector<std::string_view>& given) {
  if (request.time && !request.force) {
    return fail(ErrorKind::InvalidArgument,
                "rm: --time is for those that run, which only --force removes",
                "add --force, or leave --time out");
  }
  request.ignore = request.ignore || request.force;
  const bool force = request.force || !request.all;
  auto names = TRY(select(
      paths,
      "rm",
      request,
      given,
      [force](const engine::Listed& listed) {
        return force || !(listed.running() || listed.restarting);
      },
      "isle ps -a lists them"));
  return request.depend ? with_dependents(paths, names) : std::move(names);
}

}  // namespace

int rm_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("rm"), flags_of(kFlags));
  RemoveRequest request;
  const auto given = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!given) return complain(given.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names = names_of(*paths, request, *given);
  return names ? remove_all(*paths, request, *names) : complain(names.error());
}

}  // namespace isle::cli
