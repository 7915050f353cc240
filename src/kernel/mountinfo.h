#pragma once
// Why: /proc/PID/mountinfo is how the kernel tells the mounts of a process, proc_pid_mountinfo(5):
// names in it are whatever somebody mounted, with blanks and the like as octal numbers.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isle::kernel {

struct MountLine {
  int id = 0, parent = 0;
  std::string device;  // "0:57"
  std::string root;    // the part of the file system that is mounted
  std::string point;   // as the process sees it
  std::string options;
  // Propagation: peer group, master's peer group, the nearest dominant one below this root.
  int shared = 0, master = 0, propagate_from = 0;
  bool unbindable = false;
  std::string type, source, super_options;
};

// One line; nullopt: it is none.
std::optional<MountLine> parse_mount_line(std::string_view line);
// Lines that are none are left out.
std::vector<MountLine> parse_mounts(std::string_view mountinfo);
// Only those of a file system type: the others cost next to nothing.
std::vector<MountLine> parse_mounts_of(std::string_view mountinfo, std::string_view type);
// "\040" is a blank.
std::string unescape_mount(std::string_view text);

}  // namespace isle::kernel
