#pragma once
// What --env and --env-file of `run` and `exec` share.

#include <string_view>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::options {

// "NAME=value", or "NAME" for the caller's own value, which is nothing if it has none.
Result<void> add_env(oci::Strings& env, std::string_view text, std::string_view flag);
// A file of such lines; blank ones and those that begin with # do not count.
Result<void> add_env_file(oci::Strings& env, std::string_view path);

}  // namespace isle::options
