#pragma once
// What can be done with containers that exist: list, signal, remove, look at.

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database.h"
#include "monitor/protocol.h"
#include "runtime/state/container.h"

namespace isle::engine {

struct Listed {
  record::Container container;
  std::optional<runtime::ContainerState> state;  // while the runtime knows it
  std::optional<monitor::ExitRecord> exit;       // how it ended last
  runtime::Status status = runtime::Status::Stopped;
  bool has_run = false;     // else it was only made
  std::string health;       // "starting", "healthy", "unhealthy" of one that runs and is asked
  bool restarting = false;  // it has ended, and its monitor is going to start it again
  bool running() const {
    return status == runtime::Status::Running || status == runtime::Status::Paused;
  }
  // "running", "paused", "exited", "created".
  std::string_view word() const;
};

Listed look_at(const Paths& paths, record::Container container);
Result<Listed> find_container(const Paths& paths, std::string_view name);

// Conflict when it does not run; a paused one does.
Result<Listed> find_running(const Paths& paths, std::string_view name);

// They are large, and stay where they are when others come and go.
using ListedOnes = std::list<Listed>;
struct Listing {
  ListedOnes containers;  // newest first
  std::vector<Error> broken;
};
// Of those made at one time, by name.
bool is_newer(const Listed& a, const Listed& b);
Result<Listing> list_containers(const Paths& paths, bool all);

// Conflict when it does not run.
Result<void> signal_container(const Paths& paths, std::string_view name, int signal);

// Conflict when it does not run, is paused already, or is not paused.
Result<void> pause_container(const Paths& paths, std::string_view name);
Result<void> unpause_container(const Paths& paths, std::string_view name);

// Conflict: the name is another's.
Result<void> rename_container(const Paths& paths, std::string_view name, std::string_view to);

// Conflict when it runs, unless `force`, which kills it. Without force a missing one is NotFound.
struct RemoveWish {
  bool force = false;
  bool volumes = false;  // the anonymous ones made for it, too; with --rm they always go
};
Result<std::string> remove_container(const Paths& paths,
                                     std::string_view name,
                                     const RemoveWish& wish);

// Waits until what has ended is cleared away, by its monitor or, if that is gone, by us; a
// container with --rm is gone then.
Result<void> settle_end(const Paths& paths, const record::Container& container);
// The same for one that may never have run.
Result<void> settle(const Paths& paths, const Listed& listed);

// What the monitor calls when a container that was to be removed has ended.
Result<void> clean_up_container(const Paths& paths, std::string_view id);

}  // namespace isle::engine
