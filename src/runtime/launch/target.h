#pragma once
// The running container that a new process goes into, known by its init.

#include <cstdint>

#include "kernel/cgroup/group.h"
#include "runtime/launch/slots.h"

namespace isle::runtime::launch {

// Fills what the slots hold of it. Conflict if it is another process by now.
Result<void> open_target(Slots& slots, Pid init, std::uint64_t start_time);

// Puts `pid` into the group. `init`, if not 0, is the process of the container that is
// there already: where the group takes no process any more, the new one goes where that one is.
Result<void> attach(const kernel::cgroup::Group& group,
                    Pid pid,
                    kernel::cgroup::Group::Part part,
                    Pid init);

}  // namespace isle::runtime::launch
