#pragma once
// Paths as the caller means them, and the bundle they lead to.

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "islet/verb.h"
#include "oci/runtime_spec.h"

namespace isle::islet {

// Relative to the working directory; nothing needs to be there.
Result<HostPath> absolute(std::string_view path);

struct Bundle {
  HostPath directory;  // real path
  oci::Spec spec;
  std::string text;  // of its config.json
};
// The directory of --bundle, else the working directory; what config.json has and nobody knows is
// logged as a warning. `config`: the file's name in the bundle, or an absolute path.
Result<Bundle> open_bundle(const Globals& globals,
                           std::string_view path,
                           std::string_view config = "config.json");

}  // namespace isle::islet
