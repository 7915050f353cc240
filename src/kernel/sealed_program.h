#pragma once
// Why: a process that enters a container shows its own program there as /proc/self/exe. A command
// or an interpreter line of that name makes the container run it, and who holds it open may write
// to it once it has ended: the next start runs what the container wrote, on the host
// (CVE-2019-5736). So such a program runs from a mount of its own file that is read-only, and that
// no other process has.

#include "base/error.h"

namespace isle::kernel {

// Variable of the environment that names the file which was executed once more.
inline constexpr const char* kSealedFrom = "ISLE_SEALED_FROM";

// Executes this program once more, with the same arguments, unless it can be written by nobody as
// it is: it lies on a read-only mount, or the caller, who is not root, may not write it. Returns
// only then, or with the error. It costs an exec of a static program; an installation on a
// read-only mount does without. Call it first, before anything is done or read. open_tree(2),
// mount_setattr(2) (Linux 5.12); without CAP_SYS_ADMIN memfd_create(2) with seals in its place.
Result<void> seal_program(char* const* arguments);

}  // namespace isle::kernel
