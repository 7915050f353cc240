// isle stats: what running containers use, now and again.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <thread>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/table.h"
#include "cli/selection.h"
#include "engine/stats.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct StatsRequest {
  bool all = false, latest = false, once = false, full = false, keep = false;
  std::chrono::seconds interval{1};
  Format format;
};

constexpr std::chrono::milliseconds kSpanOfOne{500};  // between the two samples of --no-stream

Result<void> take_interval(StatsRequest& request, std::string_view value) {
  const long long seconds = TRY(parse_int(value, "--interval"));
  if (seconds < 1 || seconds > 86400) {
    return fail(ErrorKind::InvalidArgument, "--interval is from 1 to 86400 seconds");
  }
  request.interval = std::chrono::seconds(seconds);
  return {};
}

constexpr CommandFlag<StatsRequest> kFlags[] = {
    {{"all", 'a', Arity::Switch, nullptr, "Those that do not run, too", Section::General},
     take_switch<StatsRequest, &StatsRequest::all>},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, table, or a template such as \"{{.Name}} {{.CPUPerc}}\"",
      Section::General},
     take_format<StatsRequest, &StatsRequest::format>},
    {{"interval",
      'i',
      Arity::Value,
      "SECONDS",
      "Time between two looks (default: 1)",
      Section::General},
     take_interval},
    {{"no-reset", 0, Arity::Switch, nullptr, "Do not clear the screen", Section::General},
     take_switch<StatsRequest, &StatsRequest::keep>},
    {{"no-stream", 0, Arity::Switch, nullptr, "Look once", Section::General},
     take_switch<StatsRequest, &StatsRequest::once>},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole ids", Section::General},
     take_switch<StatsRequest, &StatsRequest::full>},
    kLatestFlag<StatsRequest>,
};

constexpr std::array kFields = {Field{"ID", "CONTAINER ID"},
                                Field{"Container", "CONTAINER"},
                                Field{"Name", "NAME"},
                                Field{"CPUPerc", "CPU %"},
                                Field{"MemUsage", "MEM USAGE / LIMIT"},
                                Field{"MemPerc", "MEM %"},
                                Field{"NetIO", "NET I/O"},
                                Field{"BlockIO", "BLOCK I/O"},
                                Field{"PIDs", "PIDS"}};

std::string io_words(const engine::Usage& usage) {
  std::uint64_t read = 0, written = 0;
  if (!usage.stats.io) return "-- / --";
  for (const auto& device : *usage.stats.io) {
    read += device.read_bytes;
    written += device.write_bytes;
  }
  return format("{} / {}",
                size_words(static_cast<std::int64_t>(read)),
                size_words(static_cast<std::int64_t>(written)));
}

std::string network_words(const engine::Usage& usage) {
  if (!usage.network) return "-- / --";
  return format("{} / {}",
                size_words(static_cast<std::int64_t>(usage.network->received)),
                size_words(static_cast<std::int64_t>(usage.network->sent)));
}

json::Value row_of(const engine::Usage& before, const engine::Usage& now, bool full) {
  const engine::MemoryUse memory = engine::memory_use(now);
  json::Value row;
  row["ID"] = full ? now.id : now.id.substr(0, 12);
  row["Container"] = row["ID"];
  row["Name"] = now.name;
  row["CPUPerc"] = format("{:.2f}%", engine::cpu_percent(before, now));
  row["MemUsage"] = now.running ? format("{} / {}",
                                         size_words(static_cast<std::int64_t>(memory.used)),
                                         size_words(static_cast<std::int64_t>(memory.limit)))
                                : "0B / 0B";
  row["MemPerc"] = format("{:.2f}%",
                          memory.limit == 0 ? 0.0
                                            : 100 * static_cast<double>(memory.used) /
                                                  static_cast<double>(memory.limit));
  row["NetIO"] = network_words(now);
  row["BlockIO"] = io_words(now);
  row["PIDs"] = format("{}", now.pids);
  return row;
}

class Watcher {
 public:
  Watcher(engine::Paths paths, const StatsRequest& request, std::vector<std::string> names)
      : paths_(std::move(paths)), request_(request), names_(std::move(names)) {}

  Result<void> look() {
    before_ = TRY(sample());
    std::this_thread::sleep_for(kSpanOfOne);
    TRY(show());
    while (!request_.once) {
      std::this_thread::sleep_for(request_.interval);
      TRY(show());
    }
    return {};
  }

 private:
  engine::Paths paths_;
  const StatsRequest& request_;
  std::vector<std::string> names_;
  std::vector<engine::Usage> before_;

  // Those named, or all; containers come and go between two looks.
  Result<std::vector<engine::Usage>> sample() {
    engine::ListedOnes containers;
    if (names_.empty()) {
      containers = TRY(engine::list_containers(paths_, request_.all)).containers;
    }
    for (const std::string& name : names_) {
      containers.push_back(TRY(engine::find_container(paths_, name)));
    }
    return engine::sample_usage(paths_, containers);
  }

  Result<void> show() {
    std::vector<engine::Usage> now = TRY(sample());
    std::vector<json::Value> rows;
    rows.reserve(now.size());
    for (const engine::Usage& usage : now) {
      const auto was = std::ranges::find(before_, usage.id, &engine::Usage::id);
      rows.push_back(row_of(was == before_.end() ? usage : *was, usage, request_.full));
    }
    const bool screen = !request_.once && !request_.keep && isatty(STDOUT_FILENO) == 1;
    // Home, and what is behind the text goes: the screen does not flicker so.
    if (screen) print("\033[H\033[J");
    print(TRY(request_.format.show(
        kFields,
        {"ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"},
        rows)));
    before_ = std::move(now);
    return {};
  }
};

Result<void> stats(Arguments arguments) {
  StatsRequest request;
  auto names = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  engine::Paths paths = TRY(engine::Paths::open());
  std::vector<std::string> latest;
  TRY(put_latest(paths, request.latest, latest, names));
  return Watcher(std::move(paths), request, {names.begin(), names.end()}).look();
}

}  // namespace

int stats_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("stats"), flags_of(kFlags));
  const Result<void> done = stats(arguments);
  return done ? 0 : complain(Error(done.error()).within("stats"), 1);
}

}  // namespace isle::cli
