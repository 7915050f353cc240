#pragma once
// Why: state.json is read by commands of other versions, after crashes and after whatever a disk or
// an editor did to it; so taking it apart is pure, and fuzzed.

#include <string>
#include <string_view>

#include "base/error.h"
#include "runtime/state/container.h"

namespace isle::runtime {

// Corrupt: not JSON, or a member is missing, of the wrong kind or out of its range.
Result<ContainerState> parse_state(std::string_view text);
std::string write_state(const ContainerState& state);

}  // namespace isle::runtime
