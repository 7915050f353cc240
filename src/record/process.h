#pragma once
// What was asked about the container's first process.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oci/runtime_spec.h"

namespace isle::record {

struct Process {
  std::optional<oci::Strings> entrypoint;  // given, perhaps empty: the image's does not count
  oci::Strings command;
  oci::Strings env;        // "NAME=value", later ones win
  oci::Strings env_merge;  // the same, with ${NAME} for what was there before
  oci::Strings unset_env;  // names of the image's and isle's own that are left out
  bool unset_all_env = false;
  std::string user;     // "name", "uid", either with ":group"
  oci::Strings groups;  // names or numbers
  std::string workdir;
  bool terminal = false;
  bool interactive = false;
  bool init = false;         // a small init of isle's is process 1
  std::string stop_signal;   // "SIGTERM"
  std::int64_t timeout = 0;  // seconds until it is killed; 0 is never
  std::vector<oci::Rlimit> rlimits;
  std::optional<int> oom_score_adj;
  std::optional<int> umask;
  std::string timezone;     // "Europe/Berlin", "local" for the host's; "": the image's
  std::string personality;  // "LINUX", "LINUX32"
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<Process> process) {
  io.optional("entrypoint", process.entrypoint);
  io.optional("command", process.command);
  io.optional("env", process.env);
  io.optional("envMerge", process.env_merge);
  io.optional("unsetEnv", process.unset_env);
  io.optional("unsetAllEnv", process.unset_all_env);
  io.optional("user", process.user);
  io.optional("groups", process.groups);
  io.optional("workdir", process.workdir);
  io.optional("terminal", process.terminal);
  io.optional("interactive", process.interactive);
  io.optional("init", process.init);
  io.optional("stopSignal", process.stop_signal);
  io.optional("timeout", process.timeout);
  io.optional("rlimits", process.rlimits);
  io.optional("oomScoreAdj", process.oom_score_adj);
  io.optional("umask", process.umask);
  io.optional("timezone", process.timezone);
  io.optional("personality", process.personality);
}

}  // namespace isle::record
