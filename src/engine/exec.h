#pragma once
// One more process in a running container: what the container's own has, with changes.

#include <string>

#include "engine/paths.h"
#include "oci/runtime_spec.h"

namespace isle::engine {

struct ExecOptions {
  std::string container;
  oci::Strings command;
  oci::Strings env;
  std::string user, workdir;
  bool terminal = false, interactive = false, detach = false, privileged = false;
  unsigned preserve_fds = 0;  // descriptors 3 .. 3+N-1 of ours go on to the command
  std::string detach_keys = "ctrl-p,ctrl-q";
};

struct ExecFailure {
  Error error;
  int status = kExitEngine;
};

// The command's exit status; 0 when detached.
std::expected<int, ExecFailure> exec(const Paths& paths, const ExecOptions& options);

}  // namespace isle::engine
