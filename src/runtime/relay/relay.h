#pragma once
// The user's side of a container's terminal and pipes, once for `run`, `attach` and `exec`: reads
// standard input and looks for the detach keys, writes output, keeps the terminal raw meanwhile,
// turns its resizing into Resize and the signals it gets into signals for the container. What is
// at the other end is a FarEnd: a monitor (client.cc) or a process with a pty (relay_process).

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kernel/process.h"
#include "kernel/tty.h"

namespace isle::runtime {

struct RelayOptions {
  bool input = false;     // -i: standard input is read; else never touched
  bool terminal = false;  // -t: the container has a terminal; ours becomes raw if it is one
  bool signals = true;    // --sig-proxy
  std::string detach_keys = "ctrl-p,ctrl-q";  // empty: none
  int stdin_fd = 0;
  int stdout_fd = 1;
  int stderr_fd = 2;
  // Of relay_process: called when something can be read there; must not wait.
  int side_fd = -1;
  std::function<void()> on_side;
};

// "ctrl-p,ctrl-q" -> the bytes they send. InvalidArgument names the key that is none.
Result<std::string> parse_detach_keys(std::string_view text);

struct RelayEnd {
  bool detached = false;
  kernel::ExitStatus exit;
};

// For `exec`: relays until the child has ended, and reaps it. `console` is the master of its
// terminal, or -1 when it has the caller's own stdio: then only signals are passed on.
Result<RelayEnd> relay_process(int pidfd, int console, const RelayOptions& options);

}  // namespace isle::runtime
