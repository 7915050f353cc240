#pragma once
// The parts of enter.cc: all that is opened while the caller is still outside.

#include <string>
#include <vector>

#include "base/error.h"
#include "kernel/fd.h"
#include "kernel/namespace.h"
#include "toolbox/enter.h"

namespace isle::toolbox {

struct EnterTarget {
  kernel::NamespaceKind kind = kernel::NamespaceKind::Uts;
  kernel::UniqueFd fd;
  std::string from;
};

struct Opened {
  std::vector<EnterTarget> namespaces;
  kernel::UniqueFd pidfd, process, root, directory;  // `process`: its directory in /proc
  std::vector<std::string> groups;                   // cgroup.procs of the target's groups
};
Result<Opened> open_for_entering(EnterRequest& request);

}  // namespace isle::toolbox
