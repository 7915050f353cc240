// isle container: all that is done with containers, by docker's and podman's names.
#include <array>
#include <string_view>

#include "cli/command.h"
#include "cli/flags.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

// What isle-monitor calls when a container that was to be removed has ended.
int cleanup_command(Arguments arguments) {
  if (arguments.size() != 1)
    return complain_of_none("container cleanup", "it is for isle's own use");
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto cleaned = engine::clean_up_container(*paths, arguments[0]);
  return cleaned ? 0 : complain(cleaned.error(), 1);
}

Result<bool> exists(Arguments arguments) {
  const auto line = TRY(options::parse_command_line({}, arguments, options::Operands::Mixed));
  TRY(check_operands("container exists", line.operands, 1, 1, "container"));
  const auto found = engine::find_container(TRY(engine::Paths::open()), line.operands[0]);
  if (found) return true;
  if (found.error().kind == ErrorKind::NotFound) return false;
  return std::unexpected(found.error());
}

int container_exists_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("container exists"), {});
  const Result<bool> here = exists(arguments);
  if (!here) return complain(here.error());
  return *here ? 0 : 1;
}

constexpr std::array kCommands = {
    Command{"container ls", "[FLAGS]", "List containers", ps_command},
    Command{"container list", "[FLAGS]", nullptr, ps_command},
    Command{"container ps", "[FLAGS]", nullptr, ps_command},
    Command{"container run",
            "[FLAGS] IMAGE [COMMAND [ARGUMENT...]]",
            "Run a command in a new container",
            run_command},
    Command{"container create",
            "[FLAGS] IMAGE [COMMAND [ARGUMENT...]]",
            "Make a container without starting it",
            create_command},
    Command{"container start", "[FLAGS] CONTAINER...", "Start containers", start_command},
    Command{"container stop", "[FLAGS] CONTAINER...", "Ask containers to end", stop_command},
    Command{"container restart", "[FLAGS] CONTAINER...", "Stop and start again", restart_command},
    Command{
        "container wait", "[FLAGS] CONTAINER...", "Wait until containers have ended", wait_command},
    Command{"container attach", "[FLAGS] CONTAINER", "Join input and output", attach_command},
    Command{"container logs", "[FLAGS] CONTAINER...", "Show what they have said", logs_command},
    Command{"container exec",
            "[FLAGS] CONTAINER COMMAND [ARGUMENT...]",
            "Run one more command in a running container",
            exec_command},
    Command{"container inspect",
            "[FLAGS] CONTAINER...",
            "Show all that is known of a container",
            container_inspect_command},
    Command{"container exists",
            "CONTAINER",
            "Tell by the exit status whether a container is here",
            container_exists_command},
    Command{"container kill", "[FLAGS] CONTAINER...", "Send a signal", kill_command},
    Command{"container pause", "[FLAGS] CONTAINER...", "Stop all processes", pause_command},
    Command{"container unpause", "[FLAGS] CONTAINER...", "Let them go on", unpause_command},
    Command{"container rename", "CONTAINER NAME", "Give another name", rename_command},
    Command{"container top",
            "[-l] CONTAINER [PS-OPTION...]",
            "Show the processes of a container",
            top_command},
    Command{"container port",
            "[FLAGS] CONTAINER [PORT[/PROTOCOL]]",
            "Show the published ports of a container",
            port_command},
    Command{"container stats", "[FLAGS] [CONTAINER...]", "Show what they use", stats_command},
    Command{"container update", "[FLAGS] CONTAINER...", "Set other limits", update_command},
    Command{"container rm", "[FLAGS] CONTAINER...", "Remove containers", rm_command},
    Command{"container prune", "[FLAGS]", "Remove those that do not run", container_prune_command},
    Command{"container commit",
            "[FLAGS] CONTAINER [NAME]",
            "Make an image of a container",
            commit_command},
    Command{"container cp",
            "[-a] [-L] [-q] CONTAINER:PATH PATH|- | PATH|- CONTAINER:PATH",
            "Copy files",
            cp_command},
    Command{"container diff",
            "[--format json] CONTAINER",
            "Show what a container changed",
            diff_command},
    Command{"container export",
            "[-o FILE] CONTAINER",
            "Write its root file system to an archive",
            export_command},
    Command{"container cleanup", "ID", nullptr, cleanup_command},
};

}  // namespace

const Group kContainerGroup{
    .name = "container", .about = "Commands on containers", .commands = kCommands};

int container_command(Arguments arguments) { return run_group(kContainerGroup, arguments); }

}  // namespace isle::cli
