#pragma once
// What --network and its kin share.

#include <string_view>

#include "base/error.h"
#include "options/option.h"
#include "record/container.h"

namespace isle::options {

// A value of --network, added to what is there already.
Result<void> take_network(record::Container& container, std::string_view value);
// --ip, --mac-address and the like go to the only network that is named.
Result<void> finish_networks(RunRequest& request);

}  // namespace isle::options
