#pragma once
// Which networks a --filter leaves, by docker's and podman's keys: dangling, driver, id, label,
// label!, name, scope, type and until. Values of one key are alternatives, but labels all have to
// be there; keys are conditions (docker's rules).

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "record/network.h"

namespace isle::engine {

struct NetworkFilter {
  std::string key, value;  // "driver" "bridge"; "label" "a=b"
};
// InvalidArgument: there is no such filter, or its value cannot be.
Result<NetworkFilter> parse_network_filter(std::string_view text);

// `used` says whether a container is in it, which "dangling" asks for.
bool passes(const record::Network& network, bool used, const std::vector<NetworkFilter>& filters);

}  // namespace isle::engine
