#pragma once
// The isolation steps a program makes, whoever wrote it: it and all its children run under
// ptrace(2), and of their system calls those are told that make namespaces, mounts, ids,
// capabilities, filters, limits, control groups and networks. So docker's, podman's and our way can
// be laid side by side. A daemon that does the work for its client is traced where it runs.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::toolbox {

struct TracedCall {
  pid_t pid = 0;            // of the thread, in our PID namespace
  std::string call;         // "mount(proc on /proc, proc, 0xe)"
  std::string about;        // "namespaces", "mounts", "ids", ...
  std::int64_t result = 0;  // or -errno
  double milliseconds = 0;  // since the command began
};

using TellCall = std::function<void(const TracedCall&)>;

// Runs the command to its end; its exit status as shells count. Denied where ptrace is forbidden.
Result<int> trace_command(const std::vector<std::string>& words, const TellCall& tell);
// Processes that run already, with all their threads and the children they will have, until all
// have ended. Who ends the tracer lets them go on as before.
Result<void> trace_processes(const std::vector<Pid>& pids, const TellCall& tell);

}  // namespace isle::toolbox
