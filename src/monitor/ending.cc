#include "monitor/ending.h"

#include <ctime>

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/stats.h"
#include "monitor/restart.h"
#include "runtime/state/create.h"

namespace isle::monitor {

namespace {

// v2: "oom_kill 1" in memory.events; v1 has the same line in memory.oom_control since 4.13. Which
// one there is says which version it is.
bool counts_oom_kill(const HostPath& file) {
  const Result<std::string> text = kernel::read_file(file);
  if (!text) return false;
  for (const std::string_view line : split(*text, '\n')) {
    const Cut parts = cut(line, ' ');
    if (parts.before == "oom_kill") return parts.after != "0";
  }
  return false;
}

}  // namespace

std::int64_t realtime_ns() {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_REALTIME, &now));
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool was_oom_killed(const runtime::ContainerState& state) {
  for (const std::string& directory : state.cgroup_directories) {
    for (const char* file : {"memory.events", "memory.oom_control"}) {
      if (counts_oom_kill(HostPath(directory) / file)) return true;
    }
  }
  return false;
}

namespace {
// Asked only when somebody was killed: it costs a look at all hierarchies.
void add_memory(ExitRecord& record, const runtime::ContainerState& state) {
  const Result<kernel::cgroup::Layout> layout = kernel::cgroup::detect_layout();
  if (!layout) return;
  const auto group = kernel::cgroup::Group::reopen(*layout, state.cgroup_directories);
  const auto memory = kernel::cgroup::read_memory(group);
  if (!memory || !*memory) return;
  record.memory_limit = static_cast<std::int64_t>((*memory)->limit.value_or(0));
  record.memory_peak = static_cast<std::int64_t>((*memory)->peak.value_or(0));
}
}  // namespace

namespace {
// One that is started again for years: the newest lines are enough.
Result<void> bound_exits(const HostPath& file) {
  constexpr off_t kMost = 65536;
  struct stat info{};
  if (stat(file.c_str(), &info) != 0 || info.st_size < kMost) return {};
  const std::string text = TRY(kernel::read_file(file));
  const std::size_t newline = text.find('\n', text.size() / 2);
  if (newline == std::string::npos) return {};
  return kernel::replace_file(file, std::string_view(text).substr(newline + 1), 0600, false);
}
}  // namespace

Result<void> append_exit(const HostPath& container, const ExitRecord& record) {
  TRY(bound_exits(container / "exits.jsonl"));
  const kernel::UniqueFd file = TRY(kernel::open_file(
      container / "exits.jsonl", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  // One write(2) of a short line to a file opened for appending is whole or absent.
  return kernel::write_all(file.get(), json::write(write_exit(record)) + "\n");
}

Result<void> clear_away(const MonitorRequest& request, const LaunchedContainer& container) {
  const HostPath root = state_root(request);
  unlink((runtime::state_directory(root, container.state.id) / "attach.sock").c_str());
  return runtime::delete_own_container(root, container.state, container.remains);
}

ExitRecord end_container(const MonitorRequest& request,
                         const LaunchedContainer& container,
                         const kernel::ExitStatus& exit,
                         std::int64_t restarts) {
  ExitRecord record{.status = exit.status,
                    .signal = exit.signal,
                    .oom_killed = was_oom_killed(container.state),
                    .started_ns = container.started_ns,
                    .finished_ns = realtime_ns(),
                    .restarts = restarts};
  if (record.oom_killed) add_memory(record, container.state);
  // Written before it is cleared away: a state that is gone without an exit would tell nothing.
  const Result<void> written = append_exit(request.container, record);
  if (written) unlink(running_mark(request.container).c_str());
  oci::StringMap attributes = container.attributes;
  attributes["exitCode"] = std::to_string(record.status);
  if (record.oom_killed) note_event(request, "oom", container.attributes);
  note_event(request, "die", std::move(attributes));
  const Result<void> cleared = clear_away(request, container);
  if (!cleared) record.error = cleared.error().describe();
  if (!written) record.error = written.error().describe();
  return record;
}

}  // namespace isle::monitor
