#pragma once
// Why: what parses a stranger's archive gets nothing but the directory it fills. As root: a mount
// namespace whose only mount is that directory, no network, a handful of capabilities. For
// everybody: no new privileges, Landlock (where the kernel has it) for that directory only, and a
// seccomp filter against sockets, programs, mounts and other processes.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/layer/applier.h"
#include "kernel/fd.h"

namespace isle::image {

struct Sandbox {
  kernel::UniqueFd root;           // the directory to fill
  std::vector<std::string> walls;  // "mounts" "network" "capabilities" "landlock" "seccomp"
};

// The same for what only reads: `roots`, and those that are open already, and nothing else can be
// opened, and nothing be written but
// to descriptors that are open.
struct ReadingSandbox {
  std::vector<kernel::UniqueFd> roots;
  std::vector<std::string> walls;
};
Result<ReadingSandbox> enter_reading_sandbox(const std::vector<HostPath>& roots,
                                             std::vector<kernel::UniqueFd> open_roots,
                                             Unpacker who);

// For a directory that is open and may belong to other mounts than ours (a running container's):
// it becomes the root by chroot(2), and what is mounted in it stays reachable.
Result<Sandbox> enter_sandbox_at(kernel::UniqueFd target, Unpacker who);

// Of this process, for good. Call once, single-threaded, with every fd closed that is not needed.
Result<Sandbox> enter_sandbox(const HostPath& target, Unpacker who);

}  // namespace isle::image
