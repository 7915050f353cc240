#pragma once
// Why: a container without a name of its own gets one that people can say and type: a quality of
// weather or light and something found on a coast. No names of people.

#include <cstdint>
#include <string>

namespace isle::record {

// The same for the same number: "calm_lagoon".
std::string random_name(std::uint64_t random);

}  // namespace isle::record
