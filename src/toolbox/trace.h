#pragma once
// The isolation steps a program makes, whoever wrote it: it and all its children run under
// ptrace(2), and of their system calls those are told that make namespaces, mounts, ids,
// capabilities, filters and control groups. So docker's, podman's and our way can be laid side by
// side.

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

struct TraceEnd {
  int status = 0;  // the command's, as shells count
};
// Runs the command to its end. Denied where ptrace is forbidden.
Result<TraceEnd> trace(const std::vector<std::string>& words,
                       const std::function<void(const TracedCall&)>& tell);

}  // namespace isle::toolbox
