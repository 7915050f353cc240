#pragma once
// What the runtime keeps of a container: ROOT/ID/state.json, written whole and atomically, read
// without a lock; ROOT/ID/lock serialises the verbs that change it. A process is known by its pid
// and start time, so that a recycled pid is never taken for the container's.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

enum class Status : std::uint8_t { Creating, Created, Running, Paused, Stopped };
std::string_view to_string(Status status);

struct ContainerState {
  std::string id;
  HostPath bundle;
  Pid pid;                      // of init; 0 before it exists
  std::uint64_t pid_start = 0;  // field 22 of /proc/PID/stat, clock ticks since boot
  Pid creator;                  // who is still making it; 0 once it is complete
  std::uint64_t creator_start = 0;
  Pid keeper;  // whose death is its death: isle-monitor; 0: nobody's
  std::uint64_t keeper_start = 0;
  // random/boot_id of proc(5). Start times count from the boot: of another one they say nothing.
  std::string boot;
  bool started = false;      // `start` has been called (or it was a `run`)
  bool updated = false;      // `update` may have changed what it was made with
  std::int64_t created = 0;  // seconds since 1970
  uid_t owner = 0;
  HostPath rootfs;
  oci::StringMap annotations;
  std::vector<std::string> cgroup_directories;  // absolute; see kernel/cgroup/group.h
  std::string systemd_unit;                     // the scope that systemd made for it; empty: none
  bool systemd_user = false;                    // by the user's own systemd
  oci::Strings namespaces;  // "pid", "mount" ...: those the container has of its own or joined
};

// The directory of one container's state, and its lock.
HostPath state_directory(const HostPath& root, std::string_view id);
// Letters, digits and "_.+-", not beginning with a dot or dash, at most 1024: no path can hide in
// it.
Result<void> check_container_id(std::string_view id);

// `opened`: the root, for who reads a thousand of them; -1: it is opened by its path.
Result<ContainerState> load_state(const HostPath& root, std::string_view id, int opened = -1);
Result<void> save_state(const HostPath& root, const ContainerState& state);
// All that are there; one that cannot be read is reported in `broken`, the others are listed.
struct StateList {
  std::vector<ContainerState> states;
  std::vector<Error> broken;
};
Result<StateList> list_states(const HostPath& root);

// Held until it is destroyed; waits for other verbs at most 30 s, then Timeout names the holder.
Result<kernel::UniqueFd> lock_container(const HostPath& root, std::string_view id);

// From pid, start time, freezer and `started`; Creating only while its creator lives.
Status status_of(const ContainerState& state);
// Field 22 of /proc/PID/stat; 0 if there is no such process. Ours and that of a process just made
// can always be read.
std::uint64_t start_time_of(Pid pid);
// Of this boot; empty: it cannot be read.
const std::string& boot_id();
// True if init lives and is the same process. A leader that ended before its threads still lives.
bool is_alive(const ContainerState& state);
// True if it had a keeper, which is gone.
bool has_lost_keeper(const ContainerState& state);
// True if init is gone, too: nobody is left to clear it away.
bool is_abandoned(const ContainerState& state);

}  // namespace isle::runtime
