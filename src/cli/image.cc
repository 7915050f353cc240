// isle image: all that is done with images, by docker's and podman's names.
#include <array>

#include "cli/command.h"

namespace isle::cli {
namespace {

constexpr std::array kCommands = {
    Command{"image ls", "[FLAGS] [NAME]", "List images", images_command},
    Command{"image list", "[FLAGS] [NAME]", nullptr, images_command},
    Command{"image inspect",
            "[--format FORMAT] IMAGE...",
            "Show all that is known of an image",
            image_inspect_command},
    Command{"image history", "[FLAGS] IMAGE", "Show how an image was made", history_command},
    Command{"image tree", "IMAGE", "Show an image's layers", tree_command},
    Command{"image diff",
            "[--format json] IMAGE [IMAGE]",
            "Show what an image's last layer changed, or what two differ in",
            diff_command},
    Command{"image search", "[FLAGS] WORD", "Look for images", search_command},
    Command{"image exists",
            "IMAGE",
            "Tell by the exit status whether an image is here",
            exists_command},
    Command{"image pull", "[FLAGS] IMAGE...", "Fetch images from registries", pull_command},
    Command{"image push", "[FLAGS] IMAGE [NAME]", "Give an image to a registry", push_command},
    Command{"image prune", "[FLAGS]", "Remove images nobody needs", image_prune_command},
    Command{"image why", "DIGEST", "Tell who needs an image, layer or blob", image_why_command},
    Command{"image rm", "[FLAGS] IMAGE...", "Remove images, or names of them", rmi_command},
    Command{"image mount",
            "IMAGE [-- COMMAND [ARGUMENT...]]",
            "Run a command, or a shell, that sees an image's files",
            image_mount_command},
    Command{"image unmount", "IMAGE", nullptr, image_unmount_command},
    Command{"image umount", "IMAGE", nullptr, image_unmount_command},
    Command{"image tag", "IMAGE NAME...", "Give an image another name", tag_command},
    Command{
        "image save", "[FLAGS] IMAGE...", "Write images to an archive or directory", save_command},
    Command{
        "image load", "[-q] [-i FILE]", "Take images from an archive or directory", load_command},
    Command{"image import",
            "[FLAGS] FILE|- [NAME]",
            "Make an image of an archive of a root file system",
            import_command},
    Command{"image untag", "IMAGE [NAME...]", "Take names from an image", untag_command},
};

}  // namespace

const Group kImageGroup{.name = "image", .about = "Commands on images", .commands = kCommands};

int image_command(Arguments arguments) { return run_group(kImageGroup, arguments); }

}  // namespace isle::cli
