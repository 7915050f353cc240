// events: what a running container uses, now and again, and when its memory did not suffice. Ends
// with the container.

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include "base/strings.h"
#include "islet/duration.h"
#include "islet/event_stats.h"
#include "islet/verb.h"
#include "kernel/cgroup/oom_watch.h"
#include "runtime/state/container.h"

namespace isle::islet {

namespace {

using Clock = std::chrono::steady_clock;

constexpr Option kOptions[] = {
    {.name = "interval", .value = "DURATION", .help = "time between two stats, such as 500ms (5s)"},
    {.name = "stats", .help = "print the stats once and end"},
};

json::Value event(std::string_view type, const std::string& id) {
  json::Value document;
  document["type"] = type;
  document["id"] = id;
  return document;
}

class Watcher {
 public:
  Watcher(runtime::ContainerState state, kernel::cgroup::Group group)
      : state_(std::move(state)), group_(std::move(group)) {}

  Result<void> print_stats() const {
    json::Value document = event("stats", state_.id);
    document["data"] = TRY(stats_json(group_));
    return print(json::write(document) + "\n");
  }

  // Until the container's init has ended.
  Result<void> follow(const Log& log, std::chrono::nanoseconds interval) {
    Result<kernel::UniqueFd> init = kernel::open_pidfd(state_.pid);
    if (!init || !runtime::is_alive(state_)) return {};
    Result<kernel::cgroup::OomWatch> watch = kernel::cgroup::OomWatch::create(group_);
    if (watch) {
      oom_.emplace(std::move(*watch));
    } else {
      log.write(Level::Warning, "no oom events: " + watch.error().describe());
    }
    for (Clock::time_point next = Clock::now() + interval;;) {
      const bool ended = TRY(wait(init->get(), next));
      TRY(tell_oom());
      if (ended) return {};
      if (Clock::now() < next) continue;
      TRY(print_stats());
      next += interval;
    }
  }

 private:
  runtime::ContainerState state_;
  kernel::cgroup::Group group_;
  std::optional<kernel::cgroup::OomWatch> oom_;

  // True when init has ended.
  Result<bool> wait(int pidfd, Clock::time_point until) {
    pollfd fds[2] = {{.fd = pidfd, .events = POLLIN, .revents = 0},
                     {.fd = oom_ ? oom_->fd() : -1, .events = POLLIN, .revents = 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    if (poll(fds, 2, timeout) < 0 && errno != EINTR) return fail_call(errno, "poll()");
    return fds[0].revents != 0;
  }

  Result<void> tell_oom() {
    if (!oom_ || !oom_->happened()) return {};
    return print(json::write(event("oom", state_.id)) + "\n");
  }
};

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const auto interval =
      TRY(parse_duration(arguments.text("interval").value_or("5s"), "--interval"));
  runtime::ContainerState state =
      TRY(runtime::load_state(TRY(globals.root()), arguments.words()[0]));
  const runtime::Status status = runtime::status_of(state);
  if (status == runtime::Status::Stopped || status == runtime::Status::Creating) {
    return fail(ErrorKind::Conflict,
                format("container not running: {} is {}", quoted(state.id), to_string(status)));
  }
  kernel::cgroup::Group group =
      kernel::cgroup::Group::reopen(TRY(kernel::cgroup::detect_layout()), state.cgroup_directories);
  Watcher watcher(std::move(state), std::move(group));
  if (arguments.on("stats")) {
    TRY(watcher.print_stats());
  } else {
    TRY(watcher.follow(globals.log, interval));
  }
  return 0;
}

}  // namespace

const Verb kEvents{.name = "events",
                   .words = "ID",
                   .summary = "print what a container uses, and when memory runs out",
                   .options = kOptions,
                   .least_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace isle::islet
