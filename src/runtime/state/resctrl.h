#pragma once
// What linux.intelRdt made for a container, and what is removed with it. Internal to runtime/state.

#include <string>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

// Its monitoring group, and the group that has its name; a class of service by closID stays
// (config-linux.md, "IntelRdt"). What is not there is no error.
Result<void> leave_resctrl(const oci::Spec& spec, const std::string& id);

}  // namespace isle::runtime
