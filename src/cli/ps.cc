// isle ps.
#include <algorithm>
#include <cstdint>
#include <ctime>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/listing.h"
#include "cli/output/rows.h"
#include "cli/output/table.h"
#include "engine/container_filter.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct PsRequest {
  bool all = false, quiet = false, full = false, size = false, no_head = false;
  std::int64_t last = -1;  // so many of the newest; -1: all
  std::vector<engine::ContainerFilter> filters;
  std::string sort;
  Format format;
};

Result<void> take_filter(PsRequest& request, std::string_view value) {
  request.filters.push_back(TRY(engine::parse_container_filter(value)));
  return {};
}

Result<void> take_last(PsRequest& request, std::string_view value) {
  request.last = TRY_STEP(parse_int(value, "number"), "--last");
  return {};
}

Result<void> take_latest(PsRequest& request, std::string_view value) {
  request.last = value == "true" ? 1 : -1;
  return {};
}

constexpr CommandFlag<PsRequest> kFlags[] = {
    {{"all", 'a', Arity::Switch, nullptr, "Those that do not run, too", Section::General},
     take_switch<PsRequest, &PsRequest::all>},
    {{"filter",
      'f',
      Arity::Value,
      "KEY=VALUE",
      "Only those with this ancestor, before, command, exited, expose, health, id, label, name, "
      "network, publish, restart-policy, since, status, until or volume",
      Section::General},
     take_filter},
    {{"last",
      'n',
      Arity::Value,
      "NUMBER",
      "So many of the newest, whether they run or not",
      Section::General},
     take_last},
    {{"latest", 'l', Arity::Switch, nullptr, "The newest, as --last 1", Section::General},
     take_latest},
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the ids", Section::General},
     take_switch<PsRequest, &PsRequest::quiet>},
    {{"size",
      's',
      Arity::Switch,
      nullptr,
      "How much they have written, and how much there is with their images",
      Section::General},
     take_switch<PsRequest, &PsRequest::size>},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole ids and commands", Section::General},
     take_switch<PsRequest, &PsRequest::full>},
    {{"noheading", 0, Arity::Switch, nullptr, "Without the names of the columns", Section::General},
     take_switch<PsRequest, &PsRequest::no_head>},
    {{"sort",
      0,
      Arity::Value,
      "KEY",
      "By command, created, id, image, names, runningfor, size or status",
      Section::General},
     take_text<PsRequest, &PsRequest::sort>},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, table, or a template such as \"{{.Names}} {{.Status}}\"",
      Section::General},
     take_format<PsRequest, &PsRequest::format>},
};

struct Shown {
  std::vector<ContainerView> views;
  std::vector<Error> broken;
};

Result<void> sort_views(std::string_view key, std::vector<ContainerView>& views) {
  // As they come.
  if (key.empty() || key == "created" || key == "runningfor") return {};
  const auto by = [&views](auto of) {
    std::ranges::stable_sort(views, [&of](const auto& a, const auto& b) { return of(a) < of(b); });
    return Result<void>{};
  };
  if (key == "id") return by([](const auto& view) { return view.listed.container.id; });
  if (key == "names") return by([](const auto& view) { return view.listed.container.name; });
  if (key == "status") return by([](const auto& view) { return view.listed.word(); });
  if (key == "size") return by([](const auto& view) { return view.size ? view.size->own : 0; });
  if (key == "image") {
    return by([](const auto& view) { return view.listed.container.storage.root.image; });
  }
  if (key == "command") {
    return by([](const auto& view) { return view.listed.container.process.command; });
  }
  return fail(ErrorKind::InvalidArgument,
              format("--sort cannot be {}", quoted(key)),
              "it is command, created, id, image, names, runningfor, size or status");
}

Result<Shown> list(const PsRequest& request) {
  const engine::Paths paths = TRY(engine::Paths::open());
  const bool all = request.all || request.last >= 0 || engine::asks_for_stopped(request.filters);
  // Filters such as "before" look at containers that they do not show.
  engine::Listing listing = TRY(engine::list_containers(paths, all || !request.filters.empty()));
  const std::int64_t now_ns = std::int64_t{std::time(nullptr)} * 1'000'000'000;
  TRY(engine::filter_containers(paths, request.filters, now_ns, listing.containers));
  if (!all) {
    std::erase_if(listing.containers,
                  [](const auto& one) { return !one.running() && !one.restarting; });
  }
  if (request.last >= 0 && std::cmp_less(request.last, listing.containers.size())) {
    listing.containers.resize(static_cast<std::size_t>(request.last));
  }
  Shown shown{.views = {}, .broken = std::move(listing.broken)};
  shown.views.reserve(listing.containers.size());
  for (engine::Listed& listed : listing.containers) {
    auto view = view_of(paths, std::move(listed), request.size || request.sort == "size");
    if (view) {
      shown.views.push_back(std::move(*view));
    } else {
      shown.broken.push_back(std::move(view).error());
    }
  }
  TRY(sort_views(request.sort, shown.views));
  return shown;
}

std::string ids_of(const PsRequest& request, const Shown& shown) {
  std::string ids;
  for (const ContainerView& view : shown.views) {
    const std::string& id = view.listed.container.id;
    ids.append(id, 0, request.full ? id.size() : 12).append("\n");
  }
  return ids;
}

// docker's fields, and isle's own beside them.
json::Value json_of(const ContainerView& view, std::int64_t now) {
  json::Value value = container_row(view, now, true);
  const json::Value own = listed_json(view.listed);
  for (const json::Member& member : *own.object()) value[member.key] = member.value;
  return value;
}

Result<std::string> show(const PsRequest& request, const Shown& shown) {
  if (request.quiet) return ids_of(request, shown);
  const std::int64_t now = std::time(nullptr);
  std::vector<json::Value> rows;
  rows.reserve(shown.views.size());
  for (const ContainerView& view : shown.views) {
    const bool json = request.format.is_json();
    rows.push_back(json ? json_of(view, now) : container_row(view, now, request.full));
  }
  std::vector<std::string> columns = {
      "ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"};
  if (request.size) columns.emplace_back("Size");
  const unsigned width = request.full ? 0 : table_width();
  std::string text = TRY(request.format.show(container_fields(), columns, rows, width));
  if (request.no_head && request.format.has_head()) text.erase(0, text.find('\n') + 1);
  return text;
}

Result<PsRequest> read_request(Arguments arguments) {
  PsRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  if (operands.empty()) return request;
  return fail(ErrorKind::InvalidArgument,
              format("ps: {} is too much", quoted(operands[0])),
              "ps takes flags only");
}

}  // namespace

int ps_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ps"), flags_of(kFlags));
  const Result<PsRequest> request = read_request(arguments);
  if (!request) return complain(request.error());
  const Result<Shown> shown = list(*request);
  if (!shown) return complain(shown.error());
  const int status = finish(show(*request, *shown));
  for (const Error& error : shown->broken) complain(error);
  return shown->broken.empty() ? status : kExitEngine;
}

}  // namespace isle::cli
