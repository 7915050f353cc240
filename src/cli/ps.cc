// isle ps.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <thread>

#include "base/parallel.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/listing.h"
#include "cli/output/namespace_columns.h"
#include "cli/output/rows.h"
#include "cli/output/table.h"
#include "engine/container_filter.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct PsRequest {
  bool all = false, quiet = false, full = false, size = false, no_head = false, namespaces = false;
  unsigned watch = 0;      // seconds between two looks; 0: one look
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

Result<void> take_watch(PsRequest& request, std::string_view value) {
  constexpr unsigned kMost = 86400;
  const auto seconds = TRY_STEP(parse_uint(value, "number"), "--watch");
  if (seconds == 0 || seconds > kMost) {
    return fail(ErrorKind::InvalidArgument,
                format("--watch cannot be {}", quoted(value)),
                "it is a number of seconds from 1 on");
  }
  request.watch = static_cast<unsigned>(seconds);
  return {};
}

// podman's column of them.
Result<void> refuse_pods(PsRequest&, std::string_view) {
  return fail(ErrorKind::Unsupported, "ps --pod: pods do not exist yet", "leave it out");
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
    {{"ns",
      0,
      Arity::Switch,
      nullptr,
      "Their processes' numbers and the namespaces they are in",
      Section::General},
     take_switch<PsRequest, &PsRequest::namespaces>},
    {{"pod", 'p', Arity::Switch, nullptr, nullptr, Section::General}, refuse_pods},
    {{"watch",
      'w',
      Arity::Value,
      "SECONDS",
      "Look again so often, until it is interrupted",
      Section::General},
     take_watch},
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
  engine::ListedOnes listed;  // what the views look at
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
  if (key == "id") return by([](const auto& view) { return view.listed->container.id; });
  if (key == "names") return by([](const auto& view) { return view.listed->container.name; });
  if (key == "status") return by([](const auto& view) { return view.listed->word(); });
  if (key == "size") return by([](const auto& view) { return view.size ? view.size->own : 0; });
  if (key == "image") {
    return by([](const auto& view) { return view.listed->container.storage.root.image; });
  }
  if (key == "command") {
    return by([](const auto& view) { return view.listed->container.process.command; });
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
  Shown shown{
      .listed = std::move(listing.containers), .views = {}, .broken = std::move(listing.broken)};
  shown.views.reserve(shown.listed.size());
  for (const engine::Listed& listed : shown.listed) {
    auto view = view_of(paths, listed, request.size || request.sort == "size");
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
    const std::string& id = view.listed->container.id;
    ids.append(id, 0, request.full ? id.size() : 12).append("\n");
  }
  return ids;
}

// docker's fields, and isle's own beside them.
json::Value json_of(const ContainerView& view, std::int64_t now) {
  json::Value value = container_row(view, now, true);
  const json::Value own = listed_json(*view.listed);
  for (const json::Member& member : *own.object()) value[member.key] = member.value;
  return value;
}

Result<std::string> show(const PsRequest& request, const Shown& shown) {
  if (request.quiet) return ids_of(request, shown);
  const std::int64_t now = std::time(nullptr);
  std::vector<std::string> columns = {
      "ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"};
  if (request.namespaces) {
    columns = {"ID", "Names", "Pid"};
    for (const Field& field : namespace_fields()) columns.emplace_back(field.name);
  }
  if (request.size) columns.emplace_back("Size");
  // A template may name any.
  const std::vector<std::string> wanted = request.format.is_table() ? columns : oci::Strings{};
  std::vector<json::Value> rows(shown.views.size());
  for_each_index(rows.size(), [&](std::size_t i) {
    const ContainerView& view = shown.views[i];
    const bool json = request.format.is_json();
    rows[i] = json ? json_of(view, now) : container_row(view, now, request.full, wanted);
    if (request.namespaces) add_namespaces(*view.listed, rows[i]);
  });
  const unsigned width = request.full ? 0 : table_width();
  std::vector<Field> fields(container_fields().begin(), container_fields().end());
  if (request.namespaces) std::ranges::copy(namespace_fields(), std::back_inserter(fields));
  std::string text = TRY(request.format.show(fields, columns, rows, width));
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

int look_once(const PsRequest& request) {
  const Result<Shown> shown = list(request);
  if (!shown) return complain(shown.error());
  const int status = finish(show(request, *shown));
  for (const Error& error : shown->broken) complain(error);
  return shown->broken.empty() ? status : kExitEngine;
}

}  // namespace

int ps_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ps"), flags_of(kFlags));
  const Result<PsRequest> request = read_request(arguments);
  if (!request) return complain(request.error());
  if (request->watch == 0) return look_once(*request);
  for (;;) {
    // Home, and what is behind the text goes: the screen does not flicker so.
    if (isatty(STDOUT_FILENO) == 1) print("\033[H\033[J");
    if (const int status = look_once(*request); status != 0) return status;
    std::this_thread::sleep_for(std::chrono::seconds(request->watch));
  }
}

}  // namespace isle::cli
