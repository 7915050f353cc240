#pragma once
// A container as `state` and `list` show it.

#include "oci/state.h"
#include "runtime/state/container.h"

namespace isle::islet {

oci::State state_document(const runtime::ContainerState& state);
// With "pid": 0 for one that has stopped, as runc prints it.
json::Value state_json(const oci::State& state);
// From /etc/passwd itself: a static program asks no name service. "#1000" for one not in it.
std::string user_name(uid_t uid);

}  // namespace isle::islet
