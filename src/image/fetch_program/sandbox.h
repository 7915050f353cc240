#pragma once
// Why: what talks to strangers gets the network and nothing else. As root: a user id of no one and
// no capabilities. For everybody: no new privileges; Landlock (where the kernel has it), reading
// only what name look-up and TLS read; a seccomp filter against programs, mounts and other
// processes.

#include <string>
#include <vector>

#include "base/error.h"

namespace isle::image {

// Of this process, for good; which walls stand: "user" "capabilities" "landlock" "seccomp". Call
// once, while there is one thread.
Result<std::vector<std::string>> enter_fetch_sandbox();

}  // namespace isle::image
