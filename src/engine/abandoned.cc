#include "engine/abandoned.h"

#include <unistd.h>

#include "engine/note.h"
#include "engine/volumes.h"
#include "monitor/ending.h"
#include "monitor/own_cgroup.h"
#include "monitor/restart.h"
#include "runtime/state/create.h"

namespace isle::engine {
namespace {

constexpr int kKilled = 9;

// The monitor makes the mark when it starts a container that stays, and takes it away when it has
// written down how that ended: of many who find it, one removes it.
void write_end(const Paths& paths, const record::Container& container, monitor::ExitRecord record) {
  if (unlink(monitor::running_mark(paths.container(container.id)).c_str()) != 0) return;
  record.finished_ns = monitor::realtime_ns();
  static_cast<void>(monitor::append_exit(paths.container(container.id), record));
  note(paths, container, "die", {{"exitCode", std::to_string(record.status)}});
}

}  // namespace

Result<void> remove_abandoned(const Paths& paths, const std::string& id) {
  monitor::remove_left_cgroups();
  return runtime::delete_container(paths.states(), id, true);
}

bool bury_abandoned(const Paths& paths,
                    const record::Container& container,
                    const runtime::ContainerState& state) {
  if (!runtime::is_abandoned(state)) return false;
  write_end(paths,
            container,
            {.status = 128 + kKilled,
             .signal = kKilled,
             .started_ns = state.created * 1'000'000'000,
             .error = "its isle-monitor was killed, and the container with it"});
  monitor::remove_left_cgroups();
  // Not one that has been started anew meanwhile.
  if (!runtime::delete_own_container(paths.states(), state, {})) return false;
  if (container.remove) static_cast<void>(remove_with_volumes(paths, container));
  return true;
}

bool bury_interrupted(const Paths& paths, const record::Container& container) {
  if (access(monitor::running_mark(paths.container(container.id)).c_str(), F_OK) != 0) return false;
  // It may have been started this moment: the state is there before the mark is.
  if (runtime::load_state(paths.states(), container.id)) return false;
  // docker's status for it.
  constexpr int kInterrupted = 255;
  write_end(
      paths,
      container,
      {.status = kInterrupted,
       .error = "it was running when the machine went down, or its run directory was removed"});
  return true;
}

}  // namespace isle::engine
