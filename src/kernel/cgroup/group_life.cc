// Freezing, killing and removing a whole group. v2 has one file for each. v1's freezer stops a
// process even from dying: SIGKILL takes effect once it is thawed. v1 has no kill: the list of
// processes is read, each is pinned by a pidfd, the list is read again, and only what is on both
// is signalled, so that a reused number never hits a stranger.

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/group.h"
#include "kernel/cgroup/group_tree.h"

namespace isle::kernel::cgroup {

const Group::Place* Group::census() const {
  const Place* freezer = find(Controller::Freezer);
  if (freezer != nullptr) return freezer;
  return places_.empty() ? nullptr : &places_.front();
}

Result<std::vector<Pid>> Group::processes() const {
  const Place* place = census();
  if (place == nullptr) return std::vector<Pid>();
  return processes_of(place->directory);
}

namespace {
std::unexpected<Error> no_freezer() {
  return fail(ErrorKind::Unsupported,
              "the container has no freezer control group, so it cannot be paused",
              "mount the freezer hierarchy, or use cgroup v2");
}
}  // namespace

Result<void> Group::freeze(Timeout timeout) const {
  const Place* place = find(Controller::Freezer);
  if (place == nullptr) return no_freezer();
  Result<void> frozen =
      place->version == Version::V2 ? freeze_v2(*place, timeout) : freeze_v1(*place, timeout);
  if (!frozen) static_cast<void>(thaw());
  return frozen;
}

Result<void> Group::thaw() const {
  const Place* place = find(Controller::Freezer);
  if (place == nullptr) return no_freezer();
  if (place->version == Version::V2) {
    return write_group_file("freezer", place->directory, "cgroup.freeze", "0");
  }
  return write_group_file("freezer", place->directory, "freezer.state", "THAWED");
}

namespace {
std::unexpected<Error> not_frozen(const std::string& directory) {
  return fail(ErrorKind::Timeout,
              format("the processes of {} did not all stop in time", quoted(directory)),
              "a process waits in the kernel (state D), perhaps for a disk or a file server");
}
}  // namespace

Result<void> Group::freeze_v1(const Place& place, Timeout timeout) const {
  Backoff wait(timeout);
  do {
    // Written again each time: a process that forks can leave the state at FREEZING.
    TRY(write_group_file("freezer", place.directory, "freezer.state", "FROZEN"));
    if (TRY(frozen())) return {};
  } while (wait.again());
  return not_frozen(place.directory);
}

namespace {
// Until `key` of cgroup.events is `value`; false at the timeout. The kernel wakes a poll(2) for
// POLLPRI at each change.
Result<bool> await_event(const std::string& directory,
                         std::string_view key,
                         std::string_view value,
                         Timeout timeout) {
  const UniqueFd events = TRY(open_if_exists(HostPath(directory + "/cgroup.events"), O_RDONLY));
  if (!events) return true;
  const Backoff wait(timeout);
  for (;;) {
    char text[256];
    const ssize_t size = pread(events.get(), text, sizeof text, 0);
    if (size < 0 && errno == ENODEV) return true;
    if (size < 0) return fail_call(errno, format("read({}/cgroup.events)", directory));
    if (keyed({text, static_cast<std::size_t>(size)}, key) == value) return true;
    if (wait.left() <= Timeout(0)) return false;
    pollfd change{.fd = events.get(), .events = POLLPRI, .revents = 0};
    poll(&change, 1, static_cast<int>(wait.left().count()));
  }
}
}  // namespace

Result<void> Group::freeze_v2(const Place& place, Timeout timeout) const {
  TRY(write_group_file("freezer", place.directory, "cgroup.freeze", "1"));
  if (TRY(await_event(place.directory, "frozen", "1", timeout))) return {};
  return not_frozen(place.directory);
}

Result<bool> Group::frozen() const {
  const Place* place = find(Controller::Freezer);
  if (place == nullptr) return false;
  if (place->version == Version::V2) {
    const auto events = TRY(read_group_file(place->directory, "cgroup.events"));
    return events && keyed(*events, "frozen") == "1";
  }
  const auto state = TRY(read_group_file(place->directory, "freezer.state"));
  return state && trim(*state) == "FROZEN";
}

Result<void> Group::signal_all(int signal) const {
  const Place* place = census();
  if (place == nullptr) return {};
  std::vector<std::pair<Pid, UniqueFd>> pinned;
  for (const Pid pid : TRY(processes_of(place->directory))) {
    if (Result<UniqueFd> fd = open_pidfd(pid)) pinned.emplace_back(pid, std::move(*fd));
  }
  const std::vector<Pid> still = TRY(processes_of(place->directory));
  for (const auto& [pid, fd] : pinned) {
    if (std::ranges::find(still, pid) == still.end()) continue;
    if (syscall(SYS_pidfd_send_signal, fd.get(), signal, nullptr, 0) != 0 && errno != ESRCH) {
      return fail_call(errno, format("pidfd_send_signal({}, {})", pid.value, signal));
    }
  }
  return {};
}

Result<void> Group::wait_empty(Timeout timeout) const {
  const Place* unified = v2();
  Backoff wait(timeout);
  if (unified != nullptr && TRY(await_event(unified->directory, "populated", "0", timeout))) {
    return {};
  }
  std::vector<Pid> left;
  do {
    left = TRY(processes());
    if (left.empty()) return {};
  } while (wait.again());
  return fail(ErrorKind::Timeout,
              format("process {} and {} others were killed but are still there",
                     left.front().value,
                     left.size() - 1),
              "a process waits in the kernel (state D), perhaps for a disk or a file server");
}

Result<void> Group::kill_all(Timeout timeout) const {
  const Place* freezer = find(Controller::Freezer);
  const bool v1_freezer = freezer != nullptr && freezer->version == Version::V1;
  const Place* unified = v2();
  if (unified != nullptr && write_existing(HostPath(unified->directory + "/cgroup.kill"), "1")) {
    if (v1_freezer) static_cast<void>(thaw());
    return wait_empty(timeout);
  }
  Backoff wait(timeout);
  for (unsigned round = 0; !TRY(processes()).empty(); ++round) {
    // Who forks faster than we read the list is stopped first.
    if (round >= 2 && freezer != nullptr) static_cast<void>(freeze(Timeout(50)));
    TRY(signal_all(SIGKILL));
    if (freezer != nullptr) static_cast<void>(thaw());
    if (!wait.again()) return wait_empty(Timeout(0));
  }
  return {};
}

Result<void> Group::remove(Timeout timeout) const {
  Backoff wait(timeout);
  Result<void> outcome;
  for (const Place& place : places_) {
    Result<void> removed = remove_tree(place.directory, wait);
    if (!removed && outcome) outcome = std::move(removed);
  }
  return outcome;
}

void Group::remove_empty_parents(unsigned count) const {
  // The engine's containers share it: the next one would make it again in every hierarchy, which
  // is a twentieth of its cost.
  constexpr std::string_view kKeptParent = "/isle";
  for (const Place& place : places_) {
    std::string parent = place.directory;
    for (unsigned level = 0; level < count; ++level) {
      parent.resize(parent.rfind('/'));
      if (parent.ends_with(kKeptParent)) break;
      if (parent.size() <= place.mount.size() || rmdir(parent.c_str()) != 0) break;
    }
  }
}

}  // namespace isle::kernel::cgroup
