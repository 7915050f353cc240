#include "engine/wait.h"

#include <array>
#include <ctime>

#include <unistd.h>

#include "base/strings.h"
#include "engine/containers.h"
#include "monitor/client.h"

namespace isle::engine {
namespace {

struct Word {
  std::string_view name;
  WaitFor condition;
};
constexpr std::array kWords = {Word{"not-running", WaitFor::NotRunning},
                               Word{"stopped", WaitFor::NotRunning},
                               Word{"exited", WaitFor::NotRunning},
                               Word{"next-exit", WaitFor::NextExit},
                               Word{"removed", WaitFor::Removed},
                               Word{"removing", WaitFor::Removed},
                               Word{"running", WaitFor::Running},
                               Word{"paused", WaitFor::Paused},
                               Word{"created", WaitFor::Created},
                               Word{"healthy", WaitFor::Healthy},
                               Word{"unhealthy", WaitFor::Unhealthy}};

// Between two looks at what nobody tells of.
void pause_between_looks() {
  const timespec pause{.tv_sec = 0, .tv_nsec = 50'000'000};
  nanosleep(&pause, nullptr);
}

bool is_there(const Paths& paths, const std::string& id) {
  return access(paths.container(id).c_str(), F_OK) == 0;
}

// Asks its monitor, which tells also of a container that goes at once (--rm). None: the monitor was
// gone before it could say so.
Result<std::optional<int>> hear_of_end(const Paths& paths, const std::string& id) {
  Result<monitor::MonitorConnection> connection = monitor::connect_monitor(paths.run, id);
  if (!connection) return std::nullopt;
  const auto end = monitor::await_end(*connection);
  if (!end) return std::nullopt;
  return end->status;
}

Result<int> wait_for_end(const Paths& paths, Listed listed, bool next) {
  const std::string id = listed.container.id;
  const std::int64_t before = listed.exit ? listed.exit->finished_ns : 0;
  for (;;) {
    const bool over = !listed.running() && !listed.state;
    const bool is_new = listed.exit && listed.exit->finished_ns != before;
    if (over && (!next || is_new)) return listed.exit ? listed.exit->status : 0;
    if (listed.running()) {
      const std::optional<int> status = TRY(hear_of_end(paths, id));
      if (status) return *status;
    }
    pause_between_looks();
    Result<Listed> again = find_container(paths, id);
    if (!again) {
      return std::unexpected(std::move(again).error().within("it was removed meanwhile"));
    }
    listed = std::move(*again);
  }
}

Result<int> wait_for_removal(const Paths& paths, const Listed& listed) {
  const std::string& id = listed.container.id;
  int status = listed.exit ? listed.exit->status : 0;
  if (listed.running()) status = TRY(wait_for_end(paths, listed, false));
  while (is_there(paths, id)) pause_between_looks();
  return status;
}

Result<int> wait_for_state(const Paths& paths, const std::string& id, std::string_view word) {
  for (;;) {
    const Listed listed = TRY(find_container(paths, id));
    if (listed.word() == word || listed.health == word)
      return listed.exit ? listed.exit->status : -1;
    pause_between_looks();
  }
}

}  // namespace

Result<WaitFor> parse_wait_condition(std::string_view text) {
  std::vector<std::string> names;
  names.reserve(kWords.size());
  for (const Word& word : kWords) {
    if (word.name == text) return word.condition;
    names.emplace_back(word.name);
  }
  return fail(ErrorKind::InvalidArgument,
              format("--condition cannot be {}", quoted(text)),
              format("it is one of {}", join(names, ", ")));
}

Result<int> wait_for_container(const Paths& paths, std::string_view name, WaitFor condition) {
  Listed listed = TRY(find_container(paths, name));
  const std::string id = listed.container.id;
  switch (condition) {
    case WaitFor::NotRunning: return wait_for_end(paths, std::move(listed), false);
    case WaitFor::NextExit: return wait_for_end(paths, std::move(listed), true);
    case WaitFor::Removed: return wait_for_removal(paths, listed);
    case WaitFor::Running: return wait_for_state(paths, id, "running");
    case WaitFor::Paused: return wait_for_state(paths, id, "paused");
    case WaitFor::Created: return wait_for_state(paths, id, "created");
    case WaitFor::Healthy: return wait_for_state(paths, id, "healthy");
    case WaitFor::Unhealthy: return wait_for_state(paths, id, "unhealthy");
  }
  return 0;
}

}  // namespace isle::engine
