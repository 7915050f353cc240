#pragma once
// Why: with ids mapped, root inside is somebody else on the host, who has to own the files that
// the engine makes for the container.

#include <sys/types.h>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::engine {

struct HostIds {
  uid_t uid = 0;
  gid_t gid = 0;
};
// What 0:0 inside is on the host.
HostIds root_inside(const oci::Spec& spec);
// fchown to it, unless that is us already or nobody but the owner may (an ordinary user).
Result<void> give_to_root_inside(int fd, const oci::Spec& spec);

}  // namespace isle::engine
