// isle container prune, isle image prune, isle system prune: what nobody needs goes.
#include <algorithm>
#include <string>
#include <vector>

#include "base/strings.h"
#include "base/times.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/table.h"
#include "engine/container_filter.h"
#include "engine/containers.h"
#include "engine/paths.h"
#include "engine/volumes.h"
#include "image/gc.h"
#include "monitor/ending.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct PruneRequest {
  bool all = false, force = false, blobs = false, volumes = false;
  std::vector<image::Wanted> filters;
  std::vector<engine::ContainerFilter> container_filters;  // the same, of containers
};

bool has_label(const image::ImageRecord& record, std::string_view label) {
  const Cut wanted = cut(label, '=');
  const auto& labels = record.config.config.labels;
  const auto found = labels.find(std::string(wanted.before));
  return found != labels.end() && (!wanted.found || found->second == wanted.after);
}

// label=NAME[=VALUE], label!=NAME[=VALUE], until=TIME: made before then. An image without a time is
// not known to be that old.
Result<void> take_filter(PruneRequest& request, std::string_view value) {
  const Cut parts = cut(value, '=');
  if (parts.found && (parts.before == "label" || parts.before == "label!")) {
    request.filters.emplace_back([label = std::string(parts.after),
                                  has = parts.before == "label"](const image::ImageRecord& record) {
      return has_label(record, label) == has;
    });
    return {};
  }
  if (parts.found && parts.before == "until") {
    const std::int64_t limit =
        TRY(parse_moment(parts.after, "filter until", monitor::realtime_ns()));
    request.filters.emplace_back([limit](const image::ImageRecord& record) {
      const auto made = parse_log_time(record.config.created);
      return made && *made < limit;
    });
    return {};
  }
  return fail(ErrorKind::Unsupported,
              format("--filter {} is not known", quoted(value)),
              "there are label=NAME[=VALUE], label!=NAME[=VALUE] and until=TIME");
}

Result<void> take_container_filter(PruneRequest& request, std::string_view value) {
  request.container_filters.push_back(TRY(engine::parse_container_filter(value)));
  return {};
}

// Of both.
Result<void> take_system_filter(PruneRequest& request, std::string_view value) {
  TRY(take_filter(request, value));
  return take_container_filter(request, value);
}

constexpr CommandFlag<PruneRequest> kFilter = {
    {"filter",
     0,
     Arity::Value,
     "KEY=VALUE",
     "Only those with label=NAME[=VALUE], label!=NAME[=VALUE], or made until=TIME",
     Section::General},
    take_filter};

constexpr CommandFlag<PruneRequest> kAll = {
    {"all",
     'a',
     Arity::Switch,
     nullptr,
     "All images that no container uses, not only those without a name",
     Section::General},
    take_switch<PruneRequest, &PruneRequest::all>};
constexpr CommandFlag<PruneRequest> kForce = {
    {"force", 'f', Arity::Switch, nullptr, "Do not ask", Section::General},
    take_switch<PruneRequest, &PruneRequest::force>};
constexpr CommandFlag<PruneRequest> kBlobs = {{"blobs",
                                               0,
                                               Arity::Switch,
                                               nullptr,
                                               "Also the packed layers of images that stay: a push "
                                               "packs them anew, a repair has to fetch them",
                                               Section::General},
                                              take_switch<PruneRequest, &PruneRequest::blobs>};

constexpr CommandFlag<PruneRequest> kImageFlags[] = {
    kAll,
    kForce,
    kBlobs,
    kFilter,
};
constexpr CommandFlag<PruneRequest> kContainerFlags[] = {
    kForce,
    {{"filter",
      0,
      Arity::Value,
      "KEY=VALUE",
      "Only those that fit, as with isle ps: label=, label!=, until= ...",
      Section::General},
     take_container_filter},
};
constexpr CommandFlag<PruneRequest> kSystemFlags[] = {
    kAll,
    kForce,
    kBlobs,
    {{"volumes",
      0,
      Arity::Switch,
      nullptr,
      "Also volumes without a name that nobody uses",
      Section::General},
     take_switch<PruneRequest, &PruneRequest::volumes>},
    {kFilter.flag, take_system_filter},
};

Result<bool> is_wanted(const PruneRequest& request, const std::string& what) {
  return request.force ? Result<bool>(true) : ask_whether_to_remove(what);
}

Result<std::string> prune_images(const engine::Paths& paths,
                                 const PruneRequest& request,
                                 bool partial) {
  const auto wanted = [&request](const image::ImageRecord& record) {
    return std::ranges::all_of(request.filters,
                               [&record](const image::Wanted& one) { return one(record); });
  };
  const image::RemovedImages removed = TRY(image::prune_images(
      paths.store, request.all, {.partial = partial, .kept = request.blobs}, wanted));
  std::string text;
  for (const oci::Digest& id : removed.images) text += format("deleted: {}\n", id.str());
  for (const std::string& layer : removed.collected.layers) {
    text += format("deleted layer: {}\n", layer.substr(0, 12));
  }
  if (!removed.collected.left.empty()) warn(removed.collected.left);
  return text + format("reclaimed: {}\n", size_words(removed.collected.freed));
}

std::string images_words(const PruneRequest& request) {
  return request.all ? "all images that no container uses" : "all images without a name";
}

Result<std::string> image_prune(Arguments arguments) {
  PruneRequest request;
  const auto operands = TRY(take_flags(kImageFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("image prune", operands, 0, 0, ""));
  if (!TRY(is_wanted(request, images_words(request)))) return std::string();
  return prune_images(TRY(engine::Paths::open()), request, false);
}

Result<std::string> prune_containers(const engine::Paths& paths, const PruneRequest& request) {
  std::string text;
  engine::Listing listing = TRY(engine::list_containers(paths, true));
  TRY(engine::filter_containers(
      paths, request.container_filters, monitor::realtime_ns(), listing.containers));
  for (const engine::Listed& listed : listing.containers) {
    if (listed.running() || listed.restarting || !listed.has_run) continue;
    const auto removed = engine::remove_container(paths, listed.container.id, {});
    if (removed) text += format("deleted container: {}\n", listed.container.name);
  }
  return text;
}

Result<std::string> container_prune(Arguments arguments) {
  PruneRequest request;
  const auto operands =
      TRY(take_flags(kContainerFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("container prune", operands, 0, 0, ""));
  if (!TRY(is_wanted(request, "all containers that have ended"))) return std::string();
  return prune_containers(TRY(engine::Paths::open()), request);
}

Result<std::string> system_prune(Arguments arguments) {
  PruneRequest request;
  const auto operands = TRY(take_flags(kSystemFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("system prune", operands, 0, 0, ""));
  const std::string what =
      format("all containers that have ended, {}, and unfinished downloads", images_words(request));
  if (!TRY(is_wanted(request, what))) return std::string();
  const engine::Paths paths = TRY(engine::Paths::open());
  std::string text = TRY(prune_containers(paths, request));
  if (request.volumes) {
    for (const std::string& name : TRY(engine::prune_volumes(paths, false, {}))) {
      text += format("deleted volume: {}\n", name);
    }
  }
  return text + TRY(prune_images(paths, request, true));
}

}  // namespace

int image_prune_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("image prune"), flags_of(kImageFlags));
  }
  return finish(image_prune(arguments));
}

int container_prune_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("container prune"), flags_of(kContainerFlags));
  }
  return finish(container_prune(arguments));
}

int system_prune_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("system prune"), flags_of(kSystemFlags));
  }
  return finish(system_prune(arguments));
}

}  // namespace isle::cli
