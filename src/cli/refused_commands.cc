#include "cli/refused_commands.h"

#include <array>
#include <string>

#include "base/strings.h"
#include "cli/command.h"

namespace isle::cli {
namespace {

constexpr const char* kBuild = "isle builds no images from a Dockerfile";
constexpr const char* kElsewhere =
    "isle run and isle commit make one by hand; what buildah or docker has built isle load takes";
constexpr const char* kSignatures = "isle neither makes nor looks at signatures";
constexpr const char* kDigests = "pull by digest (IMAGE@sha256:...), which cannot be another image";

constexpr std::string_view kNoCheckpoint = "isle makes no checkpoints";
constexpr std::string_view kNoMount =
    "nothing of a container is mounted on the host: isle cp, isle export and isle exec reach files";
constexpr std::string_view kNoCluster = "isle has no clusters (docker's swarm)";
constexpr std::string_view kNoPods = "pods do not exist yet";
constexpr std::string_view kNoApi = "isle serves no API yet, and needs no daemon";

constexpr std::array kCommands = {
    RefusedCommand{.name = "build", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "buildx", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "builder", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "image build", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "image scp",
                   .reason = "isle copies no images by ssh itself",
                   .hint = "isle save IMAGE | ssh HOST isle load"},
    RefusedCommand{.name = "image sign", .reason = kSignatures, .hint = kDigests},
    RefusedCommand{.name = "image trust", .reason = kSignatures, .hint = kDigests},
    RefusedCommand{.name = "trust", .reason = kSignatures, .hint = kDigests},
    RefusedCommand{.name = "checkpoint", .reason = kNoCheckpoint},
    RefusedCommand{.name = "container checkpoint", .reason = kNoCheckpoint},
    RefusedCommand{.name = "container restore", .reason = kNoCheckpoint},
    RefusedCommand{.name = "container clone",
                   .reason = "isle commit makes an image of it, of which isle run makes another"},
    RefusedCommand{.name = "clone",
                   .reason = "isle commit makes an image of it, of which isle run makes another"},
    RefusedCommand{
        .name = "init",
        .reason = "isle create makes a container, isle start starts it; there is nothing between"},
    RefusedCommand{
        .name = "container init",
        .reason = "isle create makes a container, isle start starts it; there is nothing between"},
    RefusedCommand{.name = "mount", .reason = kNoMount},
    RefusedCommand{.name = "umount", .reason = kNoMount},
    RefusedCommand{.name = "unmount", .reason = kNoMount},
    RefusedCommand{.name = "container mount", .reason = kNoMount},
    RefusedCommand{.name = "container umount", .reason = kNoMount},
    RefusedCommand{.name = "container unmount", .reason = kNoMount},
    RefusedCommand{.name = "volume mount",
                   .reason = "isle volume inspect tells where its files are"},
    RefusedCommand{.name = "volume unmount",
                   .reason = "isle volume inspect tells where its files are"},
    RefusedCommand{.name = "volume update", .reason = kNoCluster},
    RefusedCommand{.name = "volume reload", .reason = "volumes have the driver local only"},
    RefusedCommand{.name = "container runlabel",
                   .reason = "isle runs no command that an image's label says"},
    RefusedCommand{.name = "pod", .reason = kNoPods},
    RefusedCommand{.name = "kube", .reason = kNoPods},
    RefusedCommand{.name = "play", .reason = kNoPods},
    RefusedCommand{
        .name = "generate",
        .reason = "isle boot starts what --restart asks for; its units are in packaging/"},
    RefusedCommand{
        .name = "quadlet",
        .reason = "isle boot starts what --restart asks for; its units are in packaging/"},
    RefusedCommand{.name = "auto-update",
                   .reason = "isle run --pull newer takes an image that is newer"},
    RefusedCommand{.name = "secret", .reason = "secrets do not exist yet"},
    RefusedCommand{.name = "machine",
                   .reason = "isle runs on this machine, and needs no virtual one"},
    RefusedCommand{.name = "swarm", .reason = kNoCluster},
    RefusedCommand{.name = "service", .reason = kNoCluster},
    RefusedCommand{.name = "stack", .reason = kNoCluster},
    RefusedCommand{.name = "node", .reason = kNoCluster},
    RefusedCommand{
        .name = "config",
        .reason = "isle has no clusters, whose files these would be; ISLE_CONFIG names isle's own"},
    RefusedCommand{.name = "plugin", .reason = "isle has no plugins"},
    RefusedCommand{.name = "context", .reason = "isle has no engines on other machines"},
    RefusedCommand{.name = "compose", .reason = "isle reads no compose files yet"},
    RefusedCommand{.name = "unshare", .reason = "isle ns unshare and isle ns enter do that"},
    RefusedCommand{.name = "system service", .reason = kNoApi},
    RefusedCommand{.name = "system connection", .reason = "isle has no engines on other machines"},
    RefusedCommand{.name = "system migrate",
                   .reason = "isle's containers go on with a newer isle as they are"},
    RefusedCommand{.name = "system renumber", .reason = "isle has no numbered locks"},
    RefusedCommand{.name = "system reset",
                   .reason = "isle rm --force --all, isle volume rm --all and isle system prune "
                             "--all remove what is "
                             "there"},
    RefusedCommand{.name = "serve", .reason = kNoApi},
};

}  // namespace

const RefusedCommand* refused_command(std::string_view name) {
  for (const RefusedCommand& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

int complain_of_refused(const RefusedCommand& command) {
  return complain({.kind = ErrorKind::Unsupported,
                   .message = format("{}: {}", command.name, command.reason),
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = std::string(command.hint)});
}

}  // namespace isle::cli
