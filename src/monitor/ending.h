#pragma once
// The end of a container: how it went is written down, and nothing of it stays.

#include "monitor/launch.h"

namespace isle::monitor {

// Nanoseconds since 1970.
std::int64_t realtime_ns();

// True if the kernel killed a process of the container for want of memory. Asked before the
// cgroup is removed; a host without the memory controller answers false.
bool was_oom_killed(const runtime::ContainerState& state);

// One more line in CONTAINER/exits.jsonl.
Result<void> append_exit(const HostPath& container, const ExitRecord& record);

// Kills what is left in the container's cgroup, removes it, the attach socket and the OCI state.
Result<void> clear_away(const MonitorRequest& request, const LaunchedContainer& container);

// All of it, in the order that a crash in between harms least.
ExitRecord end_container(const MonitorRequest& request,
                         const LaunchedContainer& container,
                         const kernel::ExitStatus& exit,
                         std::int64_t restarts);

}  // namespace isle::monitor
