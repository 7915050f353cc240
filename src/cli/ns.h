#pragma once
// The commands of isle ns, isle trace, and what they share.

#include "cli/command.h"
#include "toolbox/inventory.h"

namespace isle::cli {

int ns_can_command(Arguments arguments);
int ns_caps_command(Arguments arguments);
int ns_diff_command(Arguments arguments);
int ns_enter_command(Arguments arguments);
int ns_exec_command(Arguments arguments);
int ns_ids_command(Arguments arguments);
int ns_kinds_command(Arguments arguments);
int ns_limits_command(Arguments arguments);
int ns_ls_command(Arguments arguments);
int ns_map_command(Arguments arguments);
int ns_mounts_command(Arguments arguments);
int ns_pid_command(Arguments arguments);
int ns_pin_command(Arguments arguments);
int ns_show_command(Arguments arguments);
int ns_tree_command(Arguments arguments);
int ns_unpin_command(Arguments arguments);
int ns_unshare_command(Arguments arguments);
int ns_why_command(Arguments arguments);
int trace_command(Arguments arguments);

// The status of a command that was run in other namespaces, or the complaint about why not.
int finish_command(const Result<int>& status, const char* name);

// The running containers of this store.
toolbox::ContainerNames container_names();

}  // namespace isle::cli
