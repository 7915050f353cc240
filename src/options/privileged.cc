// --privileged: no walls but the namespaces: all capabilities (capabilities.cc), all devices
// (device.cc), no seccomp filter, no masks, /sys and control groups writable.
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (!container.security.privileged) return {};
  for (oci::Mount& mount : builder.spec.mounts) {
    if (mount.destination != "/sys" && mount.destination != "/sys/fs/cgroup") continue;
    std::erase(mount.options, std::string("ro"));
    std::erase(mount.options, std::string("rro"));
  }
  return {};
}

}  // namespace

const Option kPrivileged{
    .flag = {"privileged",
             0,
             Arity::Switch,
             nullptr,
             "Take down the walls but the namespaces: all capabilities and devices, no filter, "
             "nothing masked",
             Section::Security},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.security.privileged = value == "true";
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
