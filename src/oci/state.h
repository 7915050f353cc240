#pragma once
// The state of a container as `islet state` prints it and hooks receive it on standard input.
// Source: runtime-spec runtime.md, "State"; rootfs, created and owner are additions of runc's
// that its callers read.

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "oci/runtime_spec.h"

namespace isle::oci {

struct State {
  std::string oci_version{kRuntimeSpecVersion};
  std::string id;
  std::string status;                  // "creating" "created" "running" "paused" "stopped"
  int pid = 0;                         // 0: no process, left out
  std::string bundle;                  // absolute path
  std::string rootfs, created, owner;  // created: RFC 3339; all left out when empty
  StringMap annotations;
};

Result<State> read_state(std::string_view text);
json::Value write_state(const State& state);

}  // namespace isle::oci
