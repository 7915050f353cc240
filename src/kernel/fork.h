#pragma once
// Why: the namespace tools need a process that is somewhere else for a moment (a member of a mount
// namespace that has none) or for good (the child that unshare --pid --fork becomes). Containers
// are not made here: only runtime/launch clones those. The caller is single-threaded; the child
// goes on in the caller's code and ends by _exit or exec.

#include <cstdint>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::kernel {

struct ForkedChild {
  bool inside = false;  // this is the child
  Pid pid;              // of the child, seen by the parent
  UniqueFd pidfd;
};
// Internal: the caller has threads. ENOMEM and its kin are explained for those who unshared before.
// `dies_with_parent`: SIGKILL when the parent ends.
Result<ForkedChild> fork_child(bool dies_with_parent);

}  // namespace isle::kernel
