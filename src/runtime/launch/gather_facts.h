#pragma once
// The snapshot of this host that plans are made from.

#include "base/error.h"
#include "runtime/plan/facts.h"

namespace isle::runtime {

Result<HostFacts> gather_facts();

}  // namespace isle::runtime
