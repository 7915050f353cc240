// isle events.
#include "engine/events.h"

#include "base/strings.h"
#include "base/times.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "monitor/ending.h"
#include "monitor/log_text.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct EventsRequest {
  engine::EventsOptions options;
  Format format;
  bool full = true;  // whole ids
};

Result<void> take_since(EventsRequest& request, std::string_view value) {
  request.options.since_ns = TRY(parse_moment(value, "since", monitor::realtime_ns()));
  return {};
}

Result<void> take_until(EventsRequest& request, std::string_view value) {
  request.options.until_ns = TRY(parse_moment(value, "until", monitor::realtime_ns()));
  return {};
}

Result<void> take_filter(EventsRequest& request, std::string_view value) {
  request.options.filters.push_back(TRY(engine::parse_event_filter(value)));
  return {};
}

Result<void> take_stream(EventsRequest& request, std::string_view value) {
  request.options.stream = value == "true";
  return {};
}

constexpr CommandFlag<EventsRequest> kFlags[] = {
    {{"since",
      0,
      Arity::Value,
      "TIME",
      "Those of the past since then, too: a time, or how long ago, such as 10m",
      Section::General},
     take_since},
    {{"until", 0, Arity::Value, "TIME", "Those of the past, and no later ones", Section::General},
     take_until},
    {{"filter",
      'f',
      Arity::Value,
      "KEY=VALUE",
      "Only those of a container, event, id, image, label, name, network, type or volume",
      Section::General},
     take_filter},
    {{"stream",
      0,
      Arity::Switch,
      nullptr,
      "Go on with what comes (default: true); false shows the past",
      Section::General},
     take_stream},
    {{"format", 0, Arity::Value, "FORMAT", "json, or a template", Section::General},
     take_format<EventsRequest, &EventsRequest::format>},
    {{"no-trunc",
      0,
      Arity::Switch,
      nullptr,
      "Whole ids in the lines (default: true)",
      Section::General},
     take_switch<EventsRequest, &EventsRequest::full>},
};

// By docker's and podman's names.
json::Value event_json(const record::Event& event) {
  json::Value actor;
  actor["ID"] = event.id;
  actor["Attributes"] = json::Value(event.attributes);
  const auto name = event.attributes.find("name");
  json::Value value;
  value["Type"] = event.type;
  value["Action"] = event.action;
  value["Status"] = event.action;
  value["ID"] = event.id;
  value["Name"] = name == event.attributes.end() ? std::string() : name->second;
  value["Actor"] = std::move(actor);
  value["Attributes"] = json::Value(event.attributes);
  value["Time"] = monitor::log_time(event.time_ns);
  value["time"] = event.time_ns / 1'000'000'000;
  value["timeNano"] = event.time_ns;
  return value;
}

// docker's line: "TIME container start ID (image=busybox, name=web)".
std::string event_line(const record::Event& event, bool full) {
  std::vector<std::string> pairs;
  pairs.reserve(event.attributes.size());
  for (const auto& [name, value] : event.attributes) pairs.push_back(format("{}={}", name, value));
  return format("{} {} {} {} ({})\n",
                monitor::log_time(event.time_ns),
                event.type,
                event.action,
                full ? event.id : event.id.substr(0, 12),
                join(pairs, ", "));
}

Result<std::string> words_of(const EventsRequest& request, const record::Event& event) {
  if (request.format.is_table()) return event_line(event, request.full);
  if (request.format.is_json()) return json::write(event_json(event)) + "\n";
  return request.format.lines({event_json(event)});
}

}  // namespace

int events_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("events"), flags_of(kFlags));
  EventsRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const auto none = check_operands("events", *names, 0, 0, "thing");
  if (!none) return complain(none.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  int status = 0;
  const auto shown = engine::show_events(*paths, request.options, [&](const record::Event& event) {
    const int line = finish(words_of(request, event));
    if (line != 0) status = line;
  });
  return shown ? status : complain(Error(shown.error()).within("events"), 1);
}

}  // namespace isle::cli
