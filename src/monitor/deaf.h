#pragma once
// Why: the kernel keeps signals from a process 1 that has no handler for them (pid_namespaces(7)),
// so Ctrl-C does nothing to most commands that are one. Who presses it three times means it.

#include "base/types.h"

namespace isle::monitor {

// Counts what somebody who watches wants the container's first process to get.
class DeafInit {
 public:
  static constexpr int kPatience = 3;

  // True: this was the third of INT, TERM or QUIT in a row that `init` has no handler for.
  bool had_enough(Pid init, int signal);

 private:
  int unheard_ = 0;
};

// SigCgt of /proc/PID/status, proc(5). True for one that cannot be looked at.
bool handles(Pid pid, int signal);

}  // namespace isle::monitor
