// isle logs.
#include "engine/logs.h"

#include <cstdio>

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

struct LogsRequest {
  engine::LogsOptions options;
  bool timestamps = false, names = false, details = false;
};

Result<void> take_tail(LogsRequest& request, std::string_view value) {
  // docker's and podman's words for everything.
  if (value == "all" || value == "-1") {
    request.options.tail.reset();
    return {};
  }
  request.options.tail = TRY_STEP(parse_uint(value, "number of lines"), "--tail");
  return {};
}

Result<void> take_follow(LogsRequest& request, std::string_view value) {
  request.options.follow = value == "true";
  return {};
}

Result<void> take_since(LogsRequest& request, std::string_view value) {
  request.options.since_ns = TRY(parse_moment(value, "since", monitor::realtime_ns()));
  return {};
}

Result<void> take_until(LogsRequest& request, std::string_view value) {
  request.options.until_ns = TRY(parse_moment(value, "until", monitor::realtime_ns()));
  return {};
}

constexpr CommandFlag<LogsRequest> kFlags[] = {
    {{"follow", 'f', Arity::Switch, nullptr, "Go on until they have ended", Section::General},
     take_follow},
    {{"tail", 'n', Arity::Value, "NUMBER", "Only the last lines (default: all)", Section::General},
     take_tail},
    {{"since",
      0,
      Arity::Value,
      "TIME",
      "Only what was said since: a time, or how long ago, such as 10m",
      Section::General},
     take_since},
    {{"until", 0, Arity::Value, "TIME", "Only what was said until then", Section::General},
     take_until},
    {{"timestamps", 't', Arity::Switch, nullptr, "The time before each line", Section::General},
     take_switch<LogsRequest, &LogsRequest::timestamps>},
    {{"names", 0, Arity::Switch, nullptr, "The container before each line", Section::General},
     take_switch<LogsRequest, &LogsRequest::names>},
    {{"details", 0, Arity::Switch, nullptr, "What --log-opt adds to each line", Section::General},
     take_switch<LogsRequest, &LogsRequest::details>},
};

class Printer {
 public:
  Printer(const LogsRequest& request, const std::vector<std::string_view>& names)
      : request_(request), names_(names), begun_(names.size()) {}

  // Pieces of one long line are put together again.
  void line(std::size_t index, const engine::LogLine& line) {
    std::FILE* out = line.stream == 2 ? stderr : stdout;
    bool& begun = begun_[index][line.stream == 2 ? 1 : 0];
    if (!begun) put(out, head(index, line));
    begun = !line.text.ends_with('\n');
    put(out, line.text);
  }

 private:
  const LogsRequest& request_;
  const std::vector<std::string_view>& names_;
  struct Begun {
    bool streams[2] = {false, false};
    bool& operator[](int stream) { return streams[stream]; }
  };
  std::vector<Begun> begun_;

  static void put(std::FILE* out, std::string_view text) {
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), out));
  }

  std::string head(std::size_t index, const engine::LogLine& line) const {
    std::string text;
    if (request_.names) text.append(names_[index]).append(" ");
    if (request_.timestamps) text.append(monitor::log_time(line.time_ns)).append(" ");
    if (request_.details && !line.attributes.empty()) {
      std::vector<std::string> pairs;
      pairs.reserve(line.attributes.size());
      for (const auto& [name, value] : line.attributes)
        pairs.push_back(format("{}={}", name, value));
      text.append(join(pairs, ",")).append(" ");
    }
    return text;
  }
};

}  // namespace

int logs_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("logs"), flags_of(kFlags));
  LogsRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty()) return complain_of_none("logs", "isle ps -a lists them");
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  Printer printer(request, *names);
  const engine::LogsHooks hooks{
      .line = [&printer](std::size_t index,
                         const engine::LogLine& line) { printer.line(index, line); },
      .pause = [] { static_cast<void>(std::fflush(nullptr)); }};
  const auto shown = engine::show_logs(*paths, *names, request.options, hooks);
  return shown ? 0 : complain(Error(shown.error()).within("logs"), 1);
}

}  // namespace isle::cli
