#pragma once
// The value of --restart, for `run` and `update`.

#include <string_view>

#include "base/error.h"
#include "record/life.h"

namespace isle::options {

// "no", "on-failure", "on-failure:3", "always", "unless-stopped".
Result<record::RestartPolicy> parse_restart_policy(std::string_view value);

}  // namespace isle::options
