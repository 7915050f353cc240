#pragma once
// What has happened, and what happens: isle events.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/paths.h"
#include "record/event.h"

namespace isle::engine {

struct EventFilter {
  std::string key, value;  // "event" "die"; "label" "a=b" or "a"
};
// InvalidArgument: there is no filter of that name.
Result<EventFilter> parse_event_filter(std::string_view text);
// Values of one key are alternatives, keys are conditions (docker's rule).
bool matches(const record::Event& event, const std::vector<EventFilter>& filters);

struct EventsOptions {
  std::optional<std::int64_t> since_ns, until_ns;  // since 1970
  bool stream = true;                              // go on with what comes
  std::vector<EventFilter> filters;
};

// Those of the past when `since_ns` or `until_ns` is given, or nothing is to come; then what comes,
// until `until_ns`.
Result<void> show_events(const Paths& paths,
                         const EventsOptions& options,
                         const std::function<void(const record::Event&)>& each);

}  // namespace isle::engine
