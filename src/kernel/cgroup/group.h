#pragma once
// Why: a container's place in the control groups is a set of directories: one in each v1
// hierarchy that is used, and one in v2's tree. They are made, limited, joined, frozen, killed and
// removed as one. The directories are known before anything is made, so that the intent can be
// recorded first; the recorded strings are all it takes to find the group again.
// Kernel rules: cgroups(7), admin-guide/cgroup-v2.rst ("no internal processes"), cgroup-v1/*.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/cgroup/controller.h"
#include "kernel/cgroup/devices.h"
#include "kernel/cgroup/layout.h"
#include "kernel/fd.h"

namespace isle::kernel::cgroup {

using Timeout = std::chrono::milliseconds;

// A value for one file of a group, with the reason in words.
struct Write {
  Controller controller = Controller::Memory;
  std::string file;
  std::string value;
  std::string why = {};
  bool v2 = false;
  // Tried when this kernel has no `file` (blkio.bfq.weight, else blkio.weight).
  std::string else_file = {};
  std::string else_value = {};
  bool optional = false;  // absence of the file is told, not an error
  bool operator==(const Write&) const = default;
};

// "/isle//ab/" -> "/isle/ab". Refuses "..", ".", control characters and the root itself: a group
// never lies outside the tree. Absolute and relative paths mean the same, from the root of what
// is mounted (the root of our cgroup namespace).
Result<std::string> check_group_path(std::string_view path);

class Group {
 public:
  // The group `path` in every hierarchy that holds one of `controllers`; those which this host
  // does not have are left out. Makes nothing.
  enum class From : unsigned char {
    Root,  // of what is mounted
    Base,  // Hierarchy::base: an ordinary user's is what was delegated
  };
  static Result<Group> at(const Layout& layout,
                          std::string_view path,
                          ControllerSet controllers,
                          From from = From::Root);
  // From recorded directories. One whose hierarchy is no longer mounted is dropped (a reboot).
  static Group reopen(const Layout& layout, const std::vector<std::string>& directories);

  // Absolute; to be recorded before create().
  std::vector<std::string> directories() const;
  // What the group can be asked about.
  ControllerSet controllers() const;
  // Null if the group has no part in the controller's hierarchy.
  const std::string* directory(Controller controller) const;
  const std::string* v2_directory() const;

  struct CreateOptions {
    // v2: must be handed down to the group, or it is an error; the others are handed down if the
    // ancestors allow it.
    ControllerSet required = {};
    // An existing group that holds processes is a Conflict unless this is set: a scope of systemd
    // has the container's process already.
    bool join_existing = false;
  };
  // Makes the directories with their parents; v1 cpusets get their parents' cpus and mems. A
  // failure removes what was made.
  Result<void> create(const CreateOptions& options);
  // create() has succeeded: what is in the group is ours to kill, and the group ours to remove.
  bool created() const { return created_; }
  // v2 only: a directory fd for CLONE_INTO_CGROUP, or -1. Opened once, owned by the group.
  Result<int> clone_fd();
  // Moves a process into the directories of v1, of v2, or of both.
  enum class Part : unsigned char { V1, V2, Both };
  Result<void> attach(Pid pid, Part part) const;
  // v1: one open "tasks" file for each directory. A process with one thread joins by writing "0"
  // there, whatever its own rights: the kernel asks those of the one who opened it.
  struct Door {
    std::string controllers;
    UniqueFd tasks;
  };
  Result<std::vector<Door>> open_doors() const;
  // v2 only: gives the directory and what /sys/kernel/cgroup/delegate lists to a user.
  Result<void> delegate_to(Uid uid, Gid gid) const;
  // v1: devices.deny and devices.allow; v2: a BPF program, which replaces an earlier one.
  Result<void> restrict_devices(const DevicePolicy& policy);

  Result<void> write(Controller controller, const std::string& file, std::string_view value) const;
  // False: the file is absent and the write optional.
  Result<bool> apply(const Write& write) const;
  // None if the file or the whole group is absent.
  Result<std::optional<std::string>> read(Controller controller, const std::string& file) const;
  Result<std::optional<std::string>> read_v2(const std::string& file) const;

  // Those below it too, in no order.
  Result<std::vector<Pid>> processes() const;
  // Returns when every process has stopped; at the timeout undoes it and is an error.
  Result<void> freeze(Timeout timeout = Timeout(10'000)) const;
  Result<void> thaw() const;
  Result<bool> frozen() const;
  // One signal to every process that is there now.
  Result<void> signal_all(int signal) const;
  // SIGKILL until none is left, also if frozen or forking as fast as it can.
  Result<void> kill_all(Timeout timeout = Timeout(10'000)) const;
  // The directories with those below, deepest first; waits while processes are still dying. What
  // is gone already is no error. Parents stay, see remove_empty_parents.
  Result<void> remove(Timeout timeout = Timeout(5'000)) const;
  // Removes ancestors that became empty, up to `levels` of them, but not the engine's own parent,
  // "isle"; never an error.
  void remove_empty_parents(unsigned levels) const;

 private:
  struct Place {
    Version version = Version::V1;
    std::string mount;
    std::string path;  // relative to the mount, "/isle/ab"
    std::string top;   // directory from which controllers are handed down: the mount or the base
    std::string directory;
    ControllerSet controllers;  // all of the hierarchy
    ControllerSet wanted;       // v2: to be handed down
    UniqueFd fd;                // v2 only, opened by clone_fd
  };

  const Place* find(Controller controller) const;
  const Place* v2() const;
  // The hierarchy whose list of processes is asked: the freezer's if there is one.
  const Place* census() const;
  Result<void> create_in(const Place& place,
                         const CreateOptions& options,
                         std::vector<std::string>& made) const;
  Result<void> wait_empty(Timeout timeout) const;
  Result<void> freeze_v1(const Place& place, Timeout timeout) const;
  Result<void> freeze_v2(const Place& place, Timeout timeout) const;

  std::vector<Place> places_;
  bool created_ = false;
};

}  // namespace isle::kernel::cgroup
