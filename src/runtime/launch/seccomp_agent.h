#pragma once
// The agent that decides the calls a filter notifies of (SCMP_ACT_NOTIFY): it listens on the socket
// linux.seccomp.listenerPath names and is sent, on a connection of its own for each process, the
// container process state with the filter's listener. Source: runtime-spec config-linux.md,
// "Seccomp" and "The Container Process State".

#include <string>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "oci/runtime_spec.h"

namespace isle::runtime::launch {

// Is there a socket? NotFound and InvalidArgument name the member; nothing is sent.
Result<void> find_agent(const std::string& path);
// `state_json` is the container's state as hooks get it; `pid` that of the process under the
// filter.
Result<void> send_listener(const oci::Seccomp& seccomp,
                           Pid pid,
                           const std::string& state_json,
                           const kernel::UniqueFd& listener);

}  // namespace isle::runtime::launch
