#include <array>

#include "cli/command.h"
#include "cli/ns.h"

namespace isle::cli {
namespace {

constexpr std::array kCommands = {
    Command{"run",
            "[FLAGS] IMAGE [COMMAND [ARGUMENT...]]",
            "Run a command in a new container",
            run_command},
    Command{"exec",
            "[FLAGS] CONTAINER COMMAND [ARGUMENT...]",
            "Run one more command in a running container",
            exec_command},
    Command{"create",
            "[FLAGS] IMAGE [COMMAND [ARGUMENT...]]",
            "Make a container without starting it",
            create_command},
    Command{"start", "[FLAGS] CONTAINER...", "Start containers that do not run", start_command},
    Command{"stop",
            "[FLAGS] CONTAINER...",
            "Ask containers to end, and kill those that do not",
            stop_command},
    Command{
        "restart", "[FLAGS] CONTAINER...", "Stop containers and start them again", restart_command},
    Command{"wait",
            "[FLAGS] CONTAINER...",
            "Wait until containers have ended, show their exit status",
            wait_command},
    Command{"attach",
            "[FLAGS] CONTAINER",
            "Join a running container's input and output",
            attach_command},
    Command{"logs", "[FLAGS] CONTAINER...", "Show what containers have said", logs_command},
    Command{"healthcheck",
            "run CONTAINER",
            "Ask a container now whether it is well",
            healthcheck_command},
    Command{"boot", "", "Start what its restart policy asks for, after a reboot", boot_command},
    Command{"events", "[FLAGS]", "Show what happens to containers, and what has", events_command},
    Command{"ps", "[FLAGS]", "List containers", ps_command},
    Command{"kill", "[FLAGS] CONTAINER...", "Send a signal to containers", kill_command},
    Command{"pause", "[FLAGS] CONTAINER...", "Stop every process of containers", pause_command},
    Command{"unpause", "[FLAGS] CONTAINER...", "Let paused containers go on", unpause_command},
    Command{"rename", "CONTAINER NAME", "Give a container another name", rename_command},
    Command{"update",
            "[FLAGS] CONTAINER...",
            "Set other limits, or another restart policy",
            update_command},
    Command{
        "top", "[-l] CONTAINER [PS-OPTION...]", "Show the processes of a container", top_command},
    Command{"stats", "[FLAGS] [CONTAINER...]", "Show what containers use, live", stats_command},
    Command{"container", "COMMAND ...", "All that is done with containers", container_command},
    Command{"rm", "[FLAGS] CONTAINER...", "Remove containers", rm_command},
    Command{"inspect",
            "[--type TYPE] [--size] [--isolation] [--format FORMAT] NAME...",
            "Show all that is known of a container, image, network or volume, or what isolates a "
            "container",
            inspect_command},
    Command{"port",
            "[FLAGS] CONTAINER [PORT[/PROTOCOL]]",
            "Show which ports of the host lead to a container",
            port_command},
    Command{"network", "COMMAND ...", "Networks that containers are in", network_command},
    Command{"netavark",
            "[FLAGS] setup|teardown NAMESPACE | update NETWORK | version",
            "Wire podman's containers: its network program, also under the name netavark",
            netavark_command},
    Command{"cni",
            "",
            "Wire the containers of containerd and Kubernetes: a CNI plugin, also as isle-cni",
            cni_command},
    Command{"pull", "[FLAGS] IMAGE...", "Fetch images from registries", pull_command},
    Command{"push", "[FLAGS] IMAGE [NAME]", "Give an image to a registry", push_command},
    Command{"search", "[FLAGS] WORD", "Look for images, or list the tags of one", search_command},
    Command{"login",
            "[FLAGS] [REGISTRY]",
            "Remember a name and a password for a registry",
            login_command},
    Command{"logout", "[--all] [REGISTRY]", "Forget who you are to a registry", logout_command},
    Command{"images", "[FLAGS] [NAME]", "List images", images_command},
    Command{"image", "COMMAND ...", "All that is done with images", image_command},
    Command{"history", "[FLAGS] IMAGE", "Show how an image was made", history_command},
    Command{"tag", "IMAGE NAME...", "Give an image another name", tag_command},
    Command{"untag", "IMAGE [NAME...]", "Take names from an image", untag_command},
    Command{
        "manifest", "COMMAND ...", "One name for images of several platforms", manifest_command},
    Command{"rmi", "[FLAGS] IMAGE...", "Remove images, or names of them", rmi_command},
    Command{"volume", "COMMAND ...", "Directories that outlive containers", volume_command},
    Command{"commit", "[FLAGS] CONTAINER [NAME]", "Make an image of a container", commit_command},
    Command{"cp",
            "[-a] [-L] [-q] CONTAINER:PATH PATH|- | PATH|- CONTAINER:PATH",
            "Copy files between a container and the host",
            cp_command},
    Command{"diff",
            "[--format json] CONTAINER|IMAGE [IMAGE]",
            "Show what a container changed, or what two images differ in",
            diff_command},
    Command{"export",
            "[-o FILE] CONTAINER",
            "Write a container's root file system to an archive",
            export_command},
    Command{"save", "[FLAGS] IMAGE...", "Write images to an archive or directory", save_command},
    Command{"load", "[-q] [-i FILE]", "Take images from an archive or directory", load_command},
    Command{"import",
            "[FLAGS] FILE|- [NAME]",
            "Make an image of an archive of a root file system",
            import_command},
    Command{"ns", "COMMAND ...", "Namespaces: list, explain, enter, keep, compare", ns_command},
    Command{"trace",
            "[FLAGS] [--] COMMAND [ARGUMENT...]",
            "Show the isolation steps of another program",
            trace_command},
    Command{
        "system", "COMMAND ...", "The store: disk use, check and repair, prune", system_command},
    Command{"doctor",
            "[--format FORMAT]",
            "Tell what this host lacks for containers, and what mends it",
            doctor_command},
    Command{"completion",
            "bash|fish|zsh",
            "Print a script with which a shell completes isle's commands",
            completion_command},
    Command{"__complete", "WORD...", nullptr, complete_command},
    Command{"info", "[--format FORMAT]", "Show what isle finds on this host", info_command},
    Command{"version", "[--format FORMAT]", "Show isle's version", version_command},
    Command{"help", "[COMMAND]", "Explain isle, or a command", help_command},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

bool runs_another(const Command& command) {
  return std::string_view(command.synopsis).find("COMMAND") != std::string_view::npos;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands) {
    if (name == command.name) return &command;
  }
  for (const Group* group : groups()) {
    for (const Command& command : group->commands) {
      if (name == command.name) return &command;
    }
  }
  return nullptr;
}

std::span<const Group* const> groups() {
  static constexpr std::array kGroups = {&kContainerGroup,
                                         &kHealthcheckGroup,
                                         &kImageGroup,
                                         &kManifestGroup,
                                         &kNetworkGroup,
                                         &kNsGroup,
                                         &kSystemGroup,
                                         &kVolumeGroup};
  return kGroups;
}

}  // namespace isle::cli
