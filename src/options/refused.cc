#include "options/refused.h"

#include <algorithm>
#include <array>

namespace isle::options {
namespace {

struct Row {
  std::string_view name, reason;
};

constexpr std::array kRows = {
    Row{"link", "containers of one network find each other by name"},
    Row{"pod", "pods do not exist yet"},
    Row{"secret", "secrets do not exist yet"},
    Row{"volume-driver", "volumes have the driver local only"},
    Row{"gpus", "isle hands over devices one by one: --device"},
    Row{"runtime", "isle is its own runtime"},
    Row{"isolation", "it is a flag of Windows"},
    Row{"link-local-ip", "networks give out no link-local addresses"},
    Row{"pod-id-file", "pods do not exist yet"},
    Row{"init-ctr", "pods do not exist yet"},
    Row{"decryption-key", "encrypted images do not exist yet"},
    Row{"disable-content-trust", "docker's notary is not asked; there is nothing to disable"},
    Row{"device-cgroup-rule", "isle hands over devices one by one: --device"},
    Row{"cpu-rt-period", "the kernel's real-time groups are of control groups v1 alone"},
    Row{"cpu-rt-runtime", "the kernel's real-time groups are of control groups v1 alone"},
    Row{"requires", "containers do not start each other: isle start takes several names"},
    Row{"env-host", "the host's environment stays outside: -e NAME hands over one variable"},
    Row{"kernel-memory", "the kernel dropped this limit (5.4)"},
};

}  // namespace

std::string_view refusal_of(std::string_view name) {
  const auto* row = std::ranges::find(kRows, name, &Row::name);
  return row == kRows.end() ? std::string_view() : row->reason;
}

}  // namespace isle::options
