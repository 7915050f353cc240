#pragma once
// HOME, when nobody has set it: programs take its absence badly. Internal to runtime/state.

#include <string>

#include "base/types.h"
#include "oci/runtime_spec.h"

namespace isle::runtime {

bool has_home(const oci::Process& process);
// The directory that the root file system's /etc/passwd has for `uid`; "/" if it has none. Links in
// it lead no further than `root`.
std::string home_in(const HostPath& root, uid_t uid);

}  // namespace isle::runtime
