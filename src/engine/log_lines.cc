#include "engine/log_lines.h"

#include "base/json.h"
#include "base/strings.h"
#include "base/times.h"

namespace isle::engine {
namespace {

std::unexpected<Error> no_line(std::string_view format_name) {
  return fail(ErrorKind::Corrupt, format("this is no line of a {} log", format_name));
}

const std::string* text_of(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member == nullptr ? nullptr : member->string();
}

Result<int> stream_of(std::string_view name, std::string_view format_name) {
  if (name == "stdout") return 1;
  if (name == "stderr") return 2;
  return no_line(format_name);
}

}  // namespace

Result<LogLine> parse_json_file_line(std::string_view line) {
  constexpr std::string_view kFormat = "json-file";
  const json::Value value = TRY(json::parse(line));
  const std::string* text = text_of(value, "log");
  const std::string* stream = text_of(value, "stream");
  const std::string* time = text_of(value, "time");
  if (text == nullptr || stream == nullptr || time == nullptr) return no_line(kFormat);
  LogLine result;
  result.stream = TRY(stream_of(*stream, kFormat));
  result.text = *text;
  result.time_ns = TRY(parse_log_time(*time));
  const json::Value* attributes = value.find("attrs");
  if (attributes == nullptr || attributes->object() == nullptr) return result;
  for (const json::Member& member : *attributes->object()) {
    if (member.value.string() != nullptr) result.attributes[member.key] = *member.value.string();
  }
  return result;
}

Result<LogLine> parse_k8s_file_line(std::string_view line) {
  constexpr std::string_view kFormat = "k8s-file";
  const Cut time = cut(line, ' ');
  const Cut stream = cut(time.after, ' ');
  const Cut tag = cut(stream.after, ' ');
  if (!tag.found || (tag.before != "F" && tag.before != "P")) return no_line(kFormat);
  LogLine result;
  result.stream = TRY(stream_of(stream.before, kFormat));
  result.time_ns = TRY(parse_log_time(time.before));
  result.text = tag.after;
  if (tag.before == "F") result.text += '\n';
  return result;
}

}  // namespace isle::engine
