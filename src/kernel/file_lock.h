#pragma once
// Why: flock(2) waits for ever for a holder that was stopped (SIGSTOP, a debugger), and does not
// say for whom. Locks of ours are held for moments, or by somebody who works; one whose holder
// stands still ends the waiting with its name.

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/types.h"

namespace isle::kernel {

// LOCK_SH or LOCK_EX on `file`, which `what` names. Timeout: the process that has it is stopped.
Result<void> lock_file(int file, int operation, std::string_view what);

// Who has a lock on `file`, by /proc/locks; nullopt: nobody that is seen from here.
std::optional<Pid> holder_of(int file);

}  // namespace isle::kernel
