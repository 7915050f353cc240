#pragma once
// What happens to containers and images, a line of JSON each, appended to ROOT/events.jsonl by
// whoever does it: nobody has to run for somebody to be able to ask later. The file is rotated once
// (events.jsonl.1), so that it does not grow for ever.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "oci/runtime_spec.h"

namespace isle::record {

struct Event {
  std::int64_t time_ns = 0;  // since 1970; 0: now
  std::string type;          // "container", "image", "network", "volume"
  std::string action;        // "create", "start", "die" ...
  std::string id;
  oci::StringMap attributes;  // "name", "image", "exitCode"; a container's labels
};

HostPath event_file(const HostPath& root);
// One write(2) of a whole line. Nothing is done differently if it fails, so nothing is told.
void note_event(const HostPath& root, Event event);

std::string write_event(const Event& event);
Result<Event> read_event(std::string_view line);

}  // namespace isle::record
