#pragma once
// isle ns enter and exec: a command in namespaces that exist, by setns(2), as nsenter(1) does it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "kernel/namespace.h"
#include "toolbox/command.h"

namespace isle::toolbox {

struct EnterRequest {
  Pid target{0};                                       // 0: none
  int target_fd = -1;                                  // an inherited pidfd in its place
  std::optional<std::uint64_t> target_inode;           // of its pidfd, which must be this
  std::optional<int> target_socket;                    // a descriptor of the target's: --net of it
  std::vector<kernel::NamespaceKind> kinds;            // of the target
  std::map<kernel::NamespaceKind, std::string> files;  // by path, or ":" and its id
  bool all = false;                                    // every kind of the target's that differs
  bool user_parent = false;                            // the user namespace above, or the owner
  std::vector<std::string> sockets;  // UNIX sockets whose other end sends descriptors of namespaces
  bool target_root = false, target_directory = false;           // the target's own
  std::optional<std::string> root, directory, inner_directory;  // the last: opened inside
  bool environment = false, no_fork = false, preserve_credentials = false, join_cgroup = false;
  bool follow_uid = false, follow_gid = false;  // be who the target is
  bool explain = false;
  CommandRequest command;
};
// Does not return when the command took this process' place; else its status.
Result<int> enter_and_run(EnterRequest request);

}  // namespace isle::toolbox
