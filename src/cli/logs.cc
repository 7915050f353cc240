// isle logs.
#include "engine/logs.h"

#include <array>
#include <cstdio>

#include "base/strings.h"
#include "base/times.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "monitor/ending.h"
#include "monitor/log_text.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct LogsRequest {
  engine::LogsOptions options;
  bool timestamps = false, names = false, details = false, color = false, latest = false;
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
    {{"color",
      0,
      Arity::Switch,
      nullptr,
      "Each container in a colour of its own, with its name",
      Section::General},
     take_switch<LogsRequest, &LogsRequest::color>},
    kLatestFlag<LogsRequest>,
};

// Those that can be read on dark and on light alike.
constexpr std::array<std::string_view, 5> kColors = {
    "\033[36m", "\033[33m", "\033[32m", "\033[35m", "\033[34m"};

class Printer {
 public:
  Printer(const LogsRequest& request, const std::vector<std::string_view>& names)
      : request_(request), names_(names), begun_(names.size()) {}

  // Pieces of one long line are put together again.
  void line(std::size_t index, const engine::LogLine& line) {
    std::FILE* out = line.stream == 2 ? stderr : stdout;
    bool& begun = begun_[index][line.stream == 2 ? 1 : 0];
    const bool whole = line.text.ends_with('\n');
    if (!begun) put(out, head(index, line));
    begun = !whole;
    if (!request_.color) return put(out, line.text);
    put(out, std::string_view(line.text).substr(0, line.text.size() - (whole ? 1 : 0)));
    if (whole) put(out, "\033[0m\n");
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
    if (request_.color) text.append(kColors[index % kColors.size()]);
    if (request_.names || request_.color) text.append(names_[index]).append(" ");
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
  auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  std::vector<std::string> latest;
  const auto put = put_latest(*paths, request.latest, latest, *names);
  if (!put) return complain(put.error());
  if (names->empty()) return complain_of_none("logs", "isle ps -a lists them");
  Printer printer(request, *names);
  const engine::LogsHooks hooks{
      .line = [&printer](std::size_t index,
                         const engine::LogLine& line) { printer.line(index, line); },
      .pause = [] { static_cast<void>(std::fflush(nullptr)); }};
  const auto shown = engine::show_logs(*paths, *names, request.options, hooks);
  return shown ? 0 : complain(Error(shown.error()).within("logs"), 1);
}

}  // namespace isle::cli
