#pragma once
// Why: what is done to one directory of one hierarchy, apart from the set of them (group.h).
// Private to this folder.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/cgroup/controller.h"
#include "kernel/fd.h"

namespace isle::kernel::cgroup {

// Sleeps that double from 0.1 ms to 20 ms until the time is up.
class Backoff {
 public:
  explicit Backoff(std::chrono::milliseconds limit);
  // False when the time is up; else has slept.
  bool again();
  std::chrono::milliseconds left() const;

 private:
  std::chrono::steady_clock::time_point end_;
  std::chrono::microseconds pause_{100};
};

// Directories from just below `mount` down to `directory`, which is the last.
std::vector<std::string> levels(const std::string& mount, const std::string& directory);
// Names of the groups directly below; none if the directory is absent.
Result<std::vector<std::string>> children(const std::string& directory);
// Pids of the group and of those below it; a pid of 0 (not visible from here) is left out.
Result<std::vector<Pid>> processes_of(const std::string& directory);
// Whole file; none if it, or the group, is gone.
Result<std::optional<std::string>> read_group_file(const std::string& directory,
                                                   const std::string& file);
// One write(2); an error names the controller, the file, the value and what to do.
Result<void> write_group_file(std::string_view controller,
                              const std::string& directory,
                              const std::string& file,
                              std::string_view value);
// rmdir of the directory and of those below, deepest first, waiting while it is busy.
Result<void> remove_tree(const std::string& directory, Backoff& wait);
// v2: hands controllers down from the mount to the parent of `directory`.
Result<void> hand_down(const std::string& mount,
                       const std::string& directory,
                       ControllerSet wanted,
                       ControllerSet required);
// v1: gives each level of a cpuset that has none its parent's cpus and mems.
Result<void> fill_cpuset(const std::string& mount, const std::string& directory);
// Value of "populated 1" in cgroup.events and files alike; none if there is no such key.
std::optional<std::string_view> keyed(std::string_view text, std::string_view key);

}  // namespace isle::kernel::cgroup
