#include "engine/logs.h"

#include <algorithm>

#include <poll.h>

#include "engine/containers.h"
#include "engine/log_reader.h"
#include "kernel/watch.h"
#include "monitor/clients.h"
#include "monitor/ending.h"

namespace isle::engine {
namespace {

// The longest sleep of a follower: what tells of news can be missed by a restart in between.
constexpr int kMostSleep = 500;  // ms

struct Source {
  record::Container container;
  LogReader reader;
  bool over = false;
  std::int64_t quiet_since = 0;  // ms, monotonic: it has looked ended since then; 0: it has not
};

class Follower {
 public:
  Follower(const Paths& paths, const LogsOptions& options, const LogsHooks& hooks)
      : paths_(paths), options_(options), hooks_(hooks) {}

  Result<void> add(std::string_view name) {
    Listed listed = TRY(find_container(paths_, name));
    LogReader reader = TRY(LogReader::open(paths_, listed.container, options_.tail));
    sources_.push_back({.container = std::move(listed.container), .reader = std::move(reader)});
    return {};
  }

  Result<void> once() {
    for (std::size_t i = 0; i < sources_.size(); ++i) TRY(read(i));
    hooks_.pause();
    return {};
  }

  Result<void> follow() {
    kernel::Watch watch = TRY(kernel::Watch::create());
    for (const Source& source : sources_) {
      // One that is removed meanwhile is noticed below.
      static_cast<void>(watch.add_directory(paths_.container(source.container.id)));
    }
    while (!too_late()) {
      // Asked before it is read: what was written until then is read.
      for (Source& source : sources_) source.over = source.over || is_over(source);
      TRY(once());
      if (std::ranges::all_of(sources_, &Source::over)) return {};
      TRY(sleep(watch));
    }
    return {};
  }

 private:
  const Paths& paths_;
  const LogsOptions& options_;
  const LogsHooks& hooks_;
  std::vector<Source> sources_;

  Result<void> read(std::size_t index) {
    TRY(sources_[index].reader.read([&](const LogLine& line) {
      if (options_.since_ns && line.time_ns < *options_.since_ns) return;
      if (options_.until_ns && line.time_ns > *options_.until_ns) return;
      hooks_.line(index, line);
    }));
    return {};
  }

  bool too_late() const { return options_.until_ns && monitor::realtime_ns() > *options_.until_ns; }

  // Between the end of one run and the mark that another will come there is a moment in which
  // nothing of a container is there: one that is to be started again has to look ended for a while.
  bool is_over(Source& source) const {
    if (!has_ended(source)) {
      source.quiet_since = 0;
      return false;
    }
    if (!source.container.life.restart.wanted()) return true;
    const std::int64_t now = monitor::monotonic_ms();
    if (source.quiet_since == 0) source.quiet_since = now;
    return now - source.quiet_since >= kMostSleep;
  }

  bool has_ended(const Source& source) const {
    const Result<Listed> listed = find_container(paths_, source.container.id);
    return !listed || (!listed->running() && !listed->state && !listed->restarting);
  }

  Result<void> sleep(kernel::Watch& watch) const {
    int most = kMostSleep;
    if (options_.until_ns) {
      const std::int64_t left = (*options_.until_ns - monitor::realtime_ns()) / 1'000'000;
      most = static_cast<int>(std::clamp<std::int64_t>(left, 1, kMostSleep));
    }
    return watch.wait(most);
  }
};

}  // namespace

Result<void> show_logs(const Paths& paths,
                       const std::vector<std::string_view>& names,
                       const LogsOptions& options,
                       const LogsHooks& hooks) {
  Follower follower(paths, options, hooks);
  for (const std::string_view name : names) TRY(follower.add(name));
  return options.follow ? follower.follow() : follower.once();
}

}  // namespace isle::engine
