#include "cli/refused_commands.h"

#include <algorithm>
#include <array>

namespace isle::cli {
namespace {

struct Row {
  std::string_view name, reason;
};

constexpr std::string_view kNoCheckpoint = "isle makes no checkpoints";
constexpr std::string_view kNoMount =
    "nothing of a container is mounted on the host: isle cp, isle export and isle exec reach files";
constexpr std::string_view kNoCluster = "isle has no clusters (docker's swarm)";
constexpr std::string_view kNoPods = "pods do not exist yet";
constexpr std::string_view kNoSignatures = "isle does not sign";
constexpr std::string_view kNoApi = "isle serves no API yet, and needs no daemon";

constexpr std::array kRows = {
    Row{"checkpoint", kNoCheckpoint},
    Row{"container checkpoint", kNoCheckpoint},
    Row{"container restore", kNoCheckpoint},
    Row{"container clone", "isle commit makes an image of it, of which isle run makes another"},
    Row{"clone", "isle commit makes an image of it, of which isle run makes another"},
    Row{"init", "isle create makes a container, isle start starts it; there is nothing between"},
    Row{"container init",
        "isle create makes a container, isle start starts it; there is nothing between"},
    Row{"mount", kNoMount},
    Row{"umount", kNoMount},
    Row{"unmount", kNoMount},
    Row{"container mount", kNoMount},
    Row{"container umount", kNoMount},
    Row{"container unmount", kNoMount},
    Row{"volume mount", "isle volume inspect tells where its files are"},
    Row{"volume unmount", "isle volume inspect tells where its files are"},
    Row{"volume update", kNoCluster},
    Row{"volume reload", "volumes have the driver local only"},
    Row{"container runlabel", "isle runs no command that an image's label says"},
    Row{"pod", kNoPods},
    Row{"kube", kNoPods},
    Row{"play", kNoPods},
    Row{"generate", "isle boot starts what --restart asks for; its units are in packaging/"},
    Row{"quadlet", "isle boot starts what --restart asks for; its units are in packaging/"},
    Row{"auto-update", "isle run --pull newer takes an image that is newer"},
    Row{"secret", "secrets do not exist yet"},
    Row{"machine", "isle runs on this machine, and needs no virtual one"},
    Row{"swarm", kNoCluster},
    Row{"service", kNoCluster},
    Row{"stack", kNoCluster},
    Row{"node", kNoCluster},
    Row{"config", "isle has no clusters, whose files these would be; ISLE_CONFIG names isle's own"},
    Row{"plugin", "isle has no plugins"},
    Row{"context", "isle has no engines on other machines"},
    Row{"compose", "isle reads no compose files yet"},
    Row{"build", "isle builds no images of Dockerfiles yet: isle commit makes one of a container"},
    Row{"buildx", "isle builds no images of Dockerfiles yet: isle commit makes one of a container"},
    Row{"builder",
        "isle builds no images of Dockerfiles yet: isle commit makes one of a container"},
    Row{"image build",
        "isle builds no images of Dockerfiles yet: isle commit makes one of a container"},
    Row{"image scp", "isle save IMAGE | ssh HOST isle load"},
    Row{"image sign", kNoSignatures},
    Row{"image trust", kNoSignatures},
    Row{"trust", kNoSignatures},
    Row{"unshare", "isle ns unshare and isle ns enter do that"},
    Row{"system service", kNoApi},
    Row{"system connection", "isle has no engines on other machines"},
    Row{"system migrate", "isle's containers go on with a newer isle as they are"},
    Row{"system renumber", "isle has no numbered locks"},
    Row{"system reset",
        "isle rm --force --all, isle volume rm --all and isle system prune --all remove what is "
        "there"},
    Row{"serve", kNoApi},
};

}  // namespace

std::string_view refusal_of_command(std::string_view name) {
  const auto* row = std::ranges::find(kRows, name, &Row::name);
  return row == kRows.end() ? std::string_view() : row->reason;
}

}  // namespace isle::cli
