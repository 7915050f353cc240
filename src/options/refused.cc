#include "options/refused.h"

#include <algorithm>
#include <array>

namespace isle::options {
namespace {

struct Row {
  std::string_view name, reason;
};

constexpr std::string_view kNoSignatures =
    "isle does not sign; sign what was pushed, by its digest";
constexpr std::string_view kNoRegistry =
    "no registry is asked here: isle pull brings an image, isle push gives one away";

constexpr std::string_view kNoPasswd =
    "isle writes no users into an image's files: --user takes numbers";
constexpr std::string_view kLatest = "name it: isle ps --latest --quiet tells its id";
constexpr std::string_view kNoSwarm = "networks are of this host alone: there is no swarm";
constexpr std::string_view kNoConfigs = "networks are made from flags, not from other networks";
constexpr std::string_view kNoCheckpoint = "isle makes no checkpoints";
constexpr std::string_view kNoSubIds =
    "--uidmap and --gidmap say which ids, --userns auto takes free ones";
constexpr std::string_view kOfWindows = "it is a flag of Windows";

constexpr std::array kRows = {
    Row{"link", "containers of one network find each other by name"},
    Row{"pod", "pods do not exist yet"},
    Row{"secret", "secrets do not exist yet"},
    Row{"volume-driver", "volumes have the driver local only"},
    Row{"gpus", "isle hands over devices one by one: --device"},
    Row{"runtime", "isle is its own runtime"},
    Row{"isolation", kOfWindows},
    Row{"cpu-count", kOfWindows},
    Row{"cpu-percent", kOfWindows},
    Row{"io-maxbandwidth", kOfWindows},
    Row{"io-maxiops", kOfWindows},
    Row{"use-api-socket", "no engine's socket is handed into a container"},
    Row{"passwd", kNoPasswd},
    Row{"seccomp-policy", "no filter is taken from an image: --security-opt seccomp=FILE"},
    Row{"subuidname", kNoSubIds},
    Row{"subgidname", kNoSubIds},
    Row{"time", "nothing is given time to end here: isle stop --time does that"},
    Row{"sync", "what is shown is looked at each time"},
    Row{"interval", "isle is told of the end, and does not look from time to time"},
    Row{"overwrite",
        "a directory is never replaced by a file, nor a file by a directory: remove it first"},
    Row{"checkpoint", kNoCheckpoint},
    Row{"checkpoint-dir", kNoCheckpoint},
    Row{"no-session", "an exec leaves no record behind"},
    Row{"sign-by", kNoSignatures},
    Row{"sign-by-sigstore", kNoSignatures},
    Row{"sign-by-sigstore-private-key", kNoSignatures},
    Row{"sign-passphrase-file", kNoSignatures},
    Row{"remove-signatures", "isle pushes no signatures in the first place"},
    Row{"signature-policy", "isle looks at no signatures"},
    Row{"decryption-key", "isle reads no encrypted layers"},
    Row{"encryption-key", "isle writes no encrypted layers"},
    Row{"encrypt-layer", "isle writes no encrypted layers"},
    Row{"platform", "an image here is for one platform, which isle image inspect shows"},
    Row{"authfile", kNoRegistry},
    Row{"cert-dir", kNoRegistry},
    Row{"creds", kNoRegistry},
    Row{"tls-verify", kNoRegistry},
    Row{"insecure", "isle says it as podman does: --tls-verify=false, where a registry is asked"},
    Row{"features", "a platform has no such member since 2019; --os-features is kept"},
    Row{"compress", "layers go out as they are kept; isle push --compression-format packs anew"},
    Row{"uncompressed", "layers go out as they are kept"},
    Row{"history", "isle keeps no names that an image once had"},
    Row{"tree", "isle image tree draws it"},
    Row{"whatrequires", "isle image tree without it shows that"},
    Row{"external", "other programs' containers are not in isle's store"},
    Row{"verbose", "what there is to tell is told without it"},
    Row{"latest", kLatest},
    Row{"l", kLatest},
    Row{"link-local-ip", "networks give out no link-local addresses"},
    Row{"attachable", kNoSwarm},
    Row{"scope", kNoSwarm},
    Row{"ingress", kNoSwarm},
    Row{"config-from", kNoConfigs},
    Row{"config-only", kNoConfigs},
    Row{"aux-address", "--ip-range says which addresses containers get; the others are yours"},
    Row{"ipam-opt", "isle gives out addresses itself, and has no options for it but --ip-range"},
    Row{"ipv4", "a network has IPv4 unless each --subnet is of IPv6"},
    Row{"driver-opt",
        "what can be asked of a container's card are flags: --ip, --mac-address, ..."},
    Row{"gw-priority", "the default route is that of the first network a container is in"},
    Row{"pod-id-file", "pods do not exist yet"},
    Row{"init-ctr", "pods do not exist yet"},
    Row{"disable-content-trust", "docker's notary is not asked; there is nothing to disable"},
    Row{"device-cgroup-rule", "isle hands over devices one by one: --device"},
    Row{"cpu-rt-period", "the kernel's real-time groups are of control groups v1 alone"},
    Row{"cpu-rt-runtime", "the kernel's real-time groups are of control groups v1 alone"},
    Row{"requires", "containers do not start each other: isle start takes several names"},
    Row{"env-host", "the host's environment stays outside: -e NAME hands over one variable"},
    Row{"passwd-entry", kNoPasswd},
    Row{"group-entry", kNoPasswd},
    Row{"hostuser", kNoPasswd},
    Row{"systemd",
        "no tmpfs and signals are guessed from the command: --tmpfs /run, --stop-signal"},
    Row{"http-proxy", "the host's environment stays outside: -e http_proxy hands over yours"},
    Row{"rmi", "the image stays: isle rmi takes it away"},
    Row{"preserve-fd", "the container is its monitor's child, which has none of your descriptors"},
    Row{"chrootdirs", "isle leaves no files of its own in directories inside"},
    Row{"no-hostname", "/etc/hostname is isle's: a volume on it is the container's own"},
    Row{"hosts-file",
        "/etc/hosts is isle's: a volume on it is the container's own, --add-host adds"},
    Row{"retry", "what came of an image is kept: the same command again goes on there"},
    Row{"retry-delay", "what came of an image is kept: the same command again goes on there"},
    Row{"shm-size-systemd", "--shm-size is for all; no systemd is guessed from the command"},
    Row{"init-path", "--init is isle's own small init"},
    Row{"health-log-destination", "isle inspect shows the last checks: --health-max-log-count"},
    Row{"kernel-memory", "the kernel dropped this limit (5.4)"},
};

}  // namespace

std::string_view refusal_of(std::string_view name) {
  const auto* row = std::ranges::find(kRows, name, &Row::name);
  return row == kRows.end() ? std::string_view() : row->reason;
}

}  // namespace isle::options
