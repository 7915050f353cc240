#pragma once
// Why: linux.seccomp is written with names; the kernel room takes typed rules. What cannot be meant
// is refused here with its place in the document ("linux.seccomp.syscalls[3].args[0].op").

#include "base/error.h"
#include "kernel/seccomp.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

// InvalidArgument for a name nobody has, Unsupported for SCMP_ACT_NOTIFY and what belongs to it.
Result<kernel::SeccompFilter> seccomp_filter(const oci::Seccomp& seccomp);

}  // namespace isle::runtime
