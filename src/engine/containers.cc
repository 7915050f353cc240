#include "engine/containers.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <tuple>

#include "base/parallel.h"
#include "base/strings.h"
#include "engine/abandoned.h"
#include "engine/healthcheck.h"
#include "engine/held.h"
#include "engine/volumes.h"
#include "kernel/fd.h"
#include "monitor/restart.h"
#include "runtime/state/create.h"

namespace isle::engine {
namespace {

constexpr int kWaits = 2000;  // of 5 ms
constexpr int kWaitsForMonitor = 200;

std::optional<monitor::ExitRecord> last_exit(const HostPath& directory) {
  const auto text = kernel::read_file(directory / "exits.jsonl");
  if (!text) return std::nullopt;
  const std::string_view lines = trim(*text);
  const std::size_t newline = lines.rfind('\n');
  const auto record =
      monitor::read_exit(newline == std::string_view::npos ? lines : lines.substr(newline + 1));
  if (!record) return std::nullopt;
  return *record;
}

void pause_a_little() {
  const timespec five_ms{.tv_sec = 0, .tv_nsec = 5'000'000};
  nanosleep(&five_ms, nullptr);
}

// The monitor sees the end, writes it down and removes the runtime's state. False: it has not, and
// will not, as it seems to be gone itself.
bool wait_for_end(const Paths& paths, const std::string& id) {
  for (int i = 0; i < kWaits; ++i) {
    const auto state = runtime::load_state(paths.states(), id);
    if (!state) return true;
    // Removing control groups takes a moment; a second after the end nobody is at it.
    if (i > kWaitsForMonitor && !runtime::is_alive(*state)) return false;
    pause_a_little();
  }
  return false;
}

// The monitor takes the mark away when it has written down how this run ended; until then the last
// record is of the run before. It waits no longer than kWaitsForRecord for one that is stopped.
void wait_for_record(const HostPath& directory) {
  constexpr int kWaitsForRecord = 100;
  const HostPath mark = monitor::running_mark(directory);
  for (int i = 0; i < kWaitsForRecord && access(mark.c_str(), F_OK) == 0; ++i) pause_a_little();
}

// What is frozen by v1's freezer does not even hear SIGKILL.
void thaw(const Paths& paths, const Listed& listed) {
  if (listed.status != runtime::Status::Paused) return;
  static_cast<void>(runtime::resume_container(paths.states(), listed.container.id));
}

Result<void> kill_and_wait(const Paths& paths, const Listed& listed) {
  const std::string& id = listed.container.id;
  Result<void> killed = runtime::kill_container(paths.states(), id, SIGKILL, true);
  thaw(paths, listed);
  if (!killed && killed.error().kind != ErrorKind::Conflict &&
      killed.error().kind != ErrorKind::NotFound) {
    return killed;
  }
  return wait_for_end(paths, id) ? Result<void>{} : remove_abandoned(paths, id);
}

// The clean-up program that the monitor starts with --rm.
void wait_for_removal(const Paths& paths, const std::string& id) {
  for (int i = 0; i < kWaits; ++i) {
    if (access(paths.container(id).c_str(), F_OK) != 0) return;
    pause_a_little();
  }
}

}  // namespace

Result<void> settle_end(const Paths& paths, const record::Container& container) {
  if (!wait_for_end(paths, container.id)) TRY(remove_abandoned(paths, container.id));
  if (container.remove) wait_for_removal(paths, container.id);
  return {};
}

Result<void> settle(const Paths& paths, const Listed& listed) {
  return listed.state ? settle_end(paths, listed.container) : Result<void>{};
}

std::string_view Listed::word() const {
  if (status != runtime::Status::Stopped) return runtime::to_string(status);
  if (restarting) return "restarting";
  return has_run ? "exited" : "created";
}

namespace {

// What the runtime and the kernel tell; only reads, beside others.
void glance_at(const Paths& paths, Listed& listed, int opened = -1) {
  listed.status = runtime::Status::Stopped;
  listed.state.reset();
  auto state = runtime::load_state(paths.states(), listed.container.id, opened);
  if (!state) return;
  listed.status = runtime::status_of(*state);
  listed.state = std::move(*state);
}

// The kernel has sent it SIGKILL when its monitor was killed, but what v1's freezer holds hears
// nothing before it is let go.
void let_orphan_die(const Paths& paths, Listed& listed) {
  if (listed.status != runtime::Status::Paused || !runtime::has_lost_keeper(*listed.state)) return;
  if (!runtime::resume_container(paths.states(), listed.container.id)) return;
  for (int i = 0; i < kWaitsForMonitor && runtime::is_alive(*listed.state); ++i) pause_a_little();
  glance_at(paths, listed);
}

void look_closer(const Paths& paths, Listed& listed) {
  const std::string& id = listed.container.id;
  let_orphan_die(paths, listed);
  // One that lives is nobody's to bury, and need not be looked at twice.
  if (listed.state && listed.status == runtime::Status::Stopped) {
    if (!bury_abandoned(paths, listed.container, *listed.state)) {
      wait_for_record(paths.container(id));
    }
    glance_at(paths, listed);
  }
  // Its monitor says so before it clears away what has ended.
  if (listed.status == runtime::Status::Stopped) {
    listed.restarting = monitor::is_between_runs(paths.run, id);
    if (!listed.state && !listed.restarting) bury_interrupted(paths, listed.container);
  }
  if (listed.running() && listed.container.life.health.wanted()) {
    listed.health = health_of(paths, id);
  }
  if (!listed.running()) listed.exit = last_exit(paths.container(id));
  listed.has_run = listed.state || listed.exit;
}

}  // namespace

Listed look_at(const Paths& paths, record::Container container) {
  Listed listed;
  listed.container = std::move(container);
  glance_at(paths, listed);
  look_closer(paths, listed);
  return listed;
}

namespace {
// Buried this moment (abandoned.h), with all that it had.
bool is_gone(const Paths& paths, const Listed& listed) {
  return listed.container.remove && !listed.state &&
         access(paths.container(listed.container.id).c_str(), F_OK) != 0;
}
}  // namespace

Result<Listed> find_container(const Paths& paths, std::string_view name) {
  Listed listed = look_at(paths, TRY(Database(paths).find(name)));
  if (!is_gone(paths, listed)) return listed;
  return fail(ErrorKind::NotFound,
              format("there is no container {}", quoted(name)),
              "its isle-monitor was killed, and with --rm nothing of it stays");
}

Result<Listed> find_running(const Paths& paths, std::string_view name) {
  Listed listed = TRY(find_container(paths, name));
  if (listed.running()) return listed;
  return fail(ErrorKind::Conflict,
              format("container {} is not running", quoted(name)),
              "isle ps -a shows its state");
}

bool is_newer(const Listed& a, const Listed& b) {
  const record::Container& one = a.container;
  const record::Container& other = b.container;
  return std::tuple(other.created, other.created_nanoseconds, std::string_view(one.name)) <
         std::tuple(one.created, one.created_nanoseconds, std::string_view(other.name));
}

Result<Listing> list_containers(const Paths& paths, bool all) {
  const Database database(paths);
  const std::vector<std::string> ids = database.ids();
  if (ids.empty()) return Listing();
  const kernel::UniqueFd records = TRY(kernel::open_file(paths.containers(), O_PATH | O_DIRECTORY));
  // After a reboot there may be none.
  const auto states = kernel::open_file(paths.states(), O_PATH | O_DIRECTORY);
  const int opened = states ? states->get() : -1;
  Listing listing{.containers = ListedOnes(ids.size()), .broken = {}};
  std::vector<Listed*> places;
  places.reserve(ids.size());
  for (Listed& listed : listing.containers) places.push_back(&listed);
  std::vector<Result<void>> outcomes(ids.size());
  for_each_index(ids.size(), [&](std::size_t i) {
    auto container = database.read(records.get(), ids[i]);
    if (!container) {
      outcomes[i] = std::unexpected(std::move(container).error());
    } else if (*container) {
      places[i]->container = std::move(**container);
      glance_at(paths, *places[i], opened);
    }
  });
  for (Result<void>& outcome : outcomes) {
    if (!outcome) listing.broken.push_back(std::move(outcome).error());
  }
  listing.containers.remove_if([&](Listed& listed) {
    if (listed.container.id.empty()) return true;
    look_closer(paths, listed);
    const bool shown = all || listed.running() || listed.restarting;
    return !shown || is_gone(paths, listed);
  });
  listing.containers.sort(is_newer);
  return listing;
}

Result<void> signal_container(const Paths& paths, std::string_view name, int signal) {
  const Listed listed = TRY(find_running(paths, name));
  // Whoever asks it to end does not want it back.
  if (signal == SIGKILL || signal == SIGTERM) TRY(hold_down(paths, listed.container.id));
  TRY(runtime::kill_container(paths.states(), listed.container.id, signal, false));
  // What comes next may rely on its being dead.
  if (signal != SIGKILL) return {};
  thaw(paths, listed);
  wait_for_end(paths, listed.container.id);
  return {};
}

namespace {
// Its monitor may have begun to start it again before it saw the mark, so it is looked at again.
Result<void> end_for_good(const Paths& paths, Listed listed) {
  constexpr int kTries = 10;
  const std::string id = listed.container.id;
  for (int i = 0; i < kTries && (listed.running() || listed.restarting); ++i) {
    if (listed.restarting) {
      monitor::keep_down(paths.run, id);
    } else {
      TRY(kill_and_wait(paths, listed));
    }
    Result<Listed> again = find_container(paths, id);
    if (!again) return {};  // with --rm it is gone
    listed = std::move(*again);
  }
  return settle(paths, listed);
}
}  // namespace

Result<std::string> remove_container(const Paths& paths,
                                     std::string_view name,
                                     const RemoveWish& wish) {
  const Listed listed = TRY(find_container(paths, name));
  const std::string& id = listed.container.id;
  if ((listed.running() || listed.restarting) && !wish.force) {
    return fail(ErrorKind::Conflict,
                format("container {} is {}", quoted(name), listed.word()),
                format("end it first, or kill and remove it: isle rm -f {}", name));
  }
  TRY(hold_down(paths, id));
  TRY(end_for_good(paths, listed));
  const bool volumes = wish.volumes || listed.container.remove;
  TRY(volumes ? remove_with_volumes(paths, listed.container)
              : Database(paths).remove(listed.container));
  return id;
}

Result<void> clean_up_container(const Paths& paths, std::string_view id) {
  const Database database(paths);
  const Result<record::Container> container = database.find(id);
  // Somebody was faster: rm -f, or the foreground client.
  if (!container && container.error().kind == ErrorKind::NotFound) return {};
  if (!container) return std::unexpected(container.error());
  return remove_with_volumes(paths, *container);
}

}  // namespace isle::engine
