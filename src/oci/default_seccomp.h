#pragma once
// Why: which system calls a container may make when nobody says otherwise. A call is here because
// a program needs it and the kernel checks what it does; what is not here gets EPERM, or ENOSYS if
// it is newer than the newest one here. Refused are above all calls that make or join namespaces,
// mount, load code into the kernel, set what belongs to the whole machine, or have had more holes
// than users (io_uring, userfaultfd, keyrings). A capability that was given unlocks what it is for.
//
// Promise: as strict as docker's own profile, or stricter; default_seccomp_test.cc lists every
// difference from docker's and podman's with its reason.

#include "oci/runtime_spec.h"

namespace isle::oci {

// For a process whose bounding set is `capabilities` ("CAP_CHOWN" ...), on the architecture this
// was built for: its own calls and those of its 32-bit programs, but not x32's. `hold_projects`:
// its files stay in the project whose size is limited, to which any owner of a file could change it
// otherwise.
Seccomp default_seccomp(const Strings& capabilities, bool hold_projects = false);

}  // namespace isle::oci
