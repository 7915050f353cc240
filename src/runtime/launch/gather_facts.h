#pragma once
// The snapshot of this host that plans are made from.

#include "base/error.h"
#include "runtime/plan/facts.h"

namespace isle::runtime {

Result<HostFacts> gather_facts();

// Has systemd make the control groups: `group` is below which its units are. Its user manager has
// v2 only.
Result<void> use_systemd(HostFacts& facts, std::string group);

}  // namespace isle::runtime
