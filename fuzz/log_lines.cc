// A line of a log or of the events' file: isle writes them, but a crash, a full disk or an editor
// can leave anything. A line is read or refused in words; what was written is read as it was.

#include <string>

#include "base/json.h"
#include "check.h"
#include "engine/log_lines.h"
#include "monitor/log_text.h"
#include "record/event.h"

namespace {

using namespace isle;

void read(std::string_view line) {
  const auto json_line = engine::parse_json_file_line(line);
  fuzz::check(json_line || !json_line.error().describe().empty(), "a refusal has words");
  const auto k8s_line = engine::parse_k8s_file_line(line);
  fuzz::check(!k8s_line || k8s_line->stream == 1 || k8s_line->stream == 2, "there are two streams");
  const auto event = record::read_event(line);
  if (!event) return;
  const auto again = record::read_event(record::write_event(*event));
  fuzz::check(again && again->action == event->action && again->attributes == event->attributes,
              "an event that is written is read");
}

// As log_json_file.cc writes it. What is no UTF-8 becomes U+FFFD, so that it is stable from then
// on.
std::string written(std::string_view text) {
  std::string line = "{\"log\":\"";
  monitor::append_json_text(line, text);
  return line + "\",\"stream\":\"stdout\",\"time\":\"2025-01-31T12:00:00.5Z\"}";
}

void write(std::string_view text) {
  const auto first = engine::parse_json_file_line(written(text));
  fuzz::check(first.has_value(), "what is written can be read");
  const auto second = engine::parse_json_file_line(written(first->text));
  fuzz::check(second && second->text == first->text, "and is the same the second time");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read(fuzz::text_of(data, size));
  write(fuzz::text_of(data, size));
  return 0;
}
