#pragma once
// The relay's names for this room.

#include "runtime/relay/relay.h"

namespace isle::monitor {

using runtime::parse_detach_keys;
using runtime::relay_process;
using runtime::RelayEnd;
using runtime::RelayOptions;

}  // namespace isle::monitor
