#pragma once
// Why: linux.seccomp is written with names; the kernel room takes typed rules. What cannot be meant
// is refused here with its place in the document ("linux.seccomp.syscalls[3].args[0].op").

#include <string>

#include "base/error.h"
#include "kernel/seccomp.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

// True if some call, or the default, is SCMP_ACT_NOTIFY: an agent at listenerPath decides.
bool seccomp_notifies(const oci::Seccomp& seccomp);
// What passes, in words: "378 calls pass, and by 9 rules some with certain
// arguments; others: Operation not permitted (EPERM)".
std::string seccomp_summary(const oci::Seccomp& seccomp);
// InvalidArgument for a name nobody has, for an errno of an action that has none, and for
// SCMP_ACT_NOTIFY without listenerPath.
Result<kernel::SeccompFilter> seccomp_filter(const oci::Seccomp& seccomp);

}  // namespace isle::runtime
