// isle ns: namespaces, whoever made them: find them, enter them, and see what each is for.
#include <array>

#include "cli/command.h"
#include "cli/ns.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

constexpr std::array kCommands = {
    Command{"ns kinds", "[--format FORMAT]", "List the kinds of namespace", ns_kinds_command},
    Command{"ns ls", "[FLAGS]", "List all namespaces", ns_ls_command},
    Command{"ns list", "[FLAGS]", nullptr, ns_ls_command},
    Command{"ns tree",
            "[--by owner|pid|user] [--kind KIND]",
            "Show which namespace owns, or is the parent of, which",
            ns_tree_command},
    Command{"ns show",
            "[--format FORMAT] PROCESS|INODE|PATH|CONTAINER",
            "Show all that is known of namespaces",
            ns_show_command},
    Command{"ns why",
            "[--format json] NAMESPACE",
            "Tell why a namespace is alive, and what to close so that it goes",
            ns_why_command},
    Command{"ns can",
            "[--format FORMAT] PROCESS|CONTAINER PROCESS|CONTAINER",
            "Tell what one process may do to another, and by which rule",
            ns_can_command},
    Command{"ns diff",
            "[--format FORMAT] PROCESS|CONTAINER PROCESS|CONTAINER",
            "Show in what two processes are isolated differently",
            ns_diff_command},
    Command{"ns caps",
            "[--format FORMAT] PROCESS|CONTAINER [NAMESPACE]",
            "Show a process' capabilities, and those it has over a namespace",
            ns_caps_command},
    Command{"ns pid",
            "[--in NAMESPACE|CONTAINER] PROCESS|CONTAINER",
            "Show the numbers a process has in each PID namespace",
            ns_pid_command},
    Command{"ns ids",
            "[--format FORMAT] PROCESS|CONTAINER",
            "Show the users and groups of a process inside and outside",
            ns_ids_command},
    Command{"ns mounts",
            "[--graph dot|svg] [PROCESS|CONTAINER]",
            "Show a process' mounts and how they propagate",
            ns_mounts_command},
    Command{
        "ns limits", "[--format FORMAT]", "Show how many may be made, and are", ns_limits_command},
    Command{"ns map",
            "[--output FILE] [--watch[=SECONDS]]",
            "Draw all namespaces, processes and containers as a page for a browser",
            ns_map_command},
    Command{"ns unshare",
            "[FLAGS] [COMMAND [ARGUMENT...]]",
            "Run a command in new namespaces",
            ns_unshare_command},
    Command{"ns enter",
            "[FLAGS] [COMMAND [ARGUMENT...]]",
            "Run a command in namespaces that exist",
            ns_enter_command},
    Command{"ns exec",
            "PROCESS|CONTAINER|NAME COMMAND [ARGUMENT...]",
            "Run a command in all namespaces of a process, or in one that is kept",
            ns_exec_command},
    Command{"ns pin",
            "[FLAGS] [NAME]",
            "Keep a namespace under a name, or list those that are",
            ns_pin_command},
    Command{
        "ns unpin", "[--kind KIND] NAME", "Let go of a namespace that was kept", ns_unpin_command},
};

}  // namespace

const Group kNsGroup{
    .name = "ns", .about = "Namespaces of the whole machine", .commands = kCommands};

int ns_command(Arguments arguments) { return run_group(kNsGroup, arguments); }

toolbox::ContainerNames container_names() {
  toolbox::ContainerNames names;
  const auto paths = engine::Paths::open();
  if (!paths) return names;  // who has no store has no containers
  const auto listing = engine::list_containers(*paths, false);
  if (!listing) return names;
  names.reserve(listing->containers.size());
  for (const engine::Listed& listed : listing->containers) {
    if (!listed.running() || !listed.state) continue;
    names.push_back(
        {.name = listed.container.name, .id = listed.container.id, .pid = listed.state->pid.value});
  }
  return names;
}

}  // namespace isle::cli
