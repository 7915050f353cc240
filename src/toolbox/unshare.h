#pragma once
// isle ns unshare: a command in new namespaces, by unshare(2) step by step as unshare(1) does it:
//
//   the caller     unshare; maps of ids (a helper outside writes those that need its powers);
//   offsets
//                  of the clocks, while nobody is in the new time namespace yet; fork
//   the command    propagation, root, procfs, working directory, ids; exec
//
// PID and time namespaces are entered by children alone: without `fork` the caller stays outside of
// them (unshare(2)).

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "kernel/namespace.h"
#include "toolbox/command.h"
#include "toolbox/id_maps.h"

namespace isle::toolbox {

struct UnshareRequest {
  std::uint64_t flags = 0;
  // Where a new namespace is bind mounted, so that it stays.
  std::map<kernel::NamespaceKind, std::string> pins;
  bool fork = false;
  std::optional<int> kill_child;  // the signal the child gets when we end
  bool forward_signals = false;   // SIGINT and SIGTERM go on to the child
  // Who the user namespace belongs to; absent: the caller.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> owner;
  std::optional<IdRange> own_uid, own_gid;  // the caller's; go before all others
  IdMap uid_map, gid_map;
  bool uid_auto = false, gid_auto = false, uid_all = false, gid_all = false;
  bool uid_subids = false, gid_subids = false;
  std::optional<bool> setgroups;        // allowed or denied
  std::string propagation = "private";  // private, shared, slave, unchanged
  std::optional<std::string> mount_proc;
  // Where binfmt_misc is mounted, and what is written to its file `register`.
  std::optional<std::string> mount_binfmt, load_interp;
  std::optional<std::string> root, directory;
  std::optional<std::string> monotonic, boottime;  // seconds, as /proc/PID/timens_offsets has them
  bool explain = false;
  CommandRequest command;
};
// Does not return when the command took this process' place; else its status.
Result<int> unshare_and_run(UnshareRequest request);

}  // namespace isle::toolbox
