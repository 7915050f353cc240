#pragma once
// The walls of a container in words, each with the flag of `isle run` that changes it.

#include "base/json.h"

namespace isle::engine {

// `isolation` as isolation_of gives it; a list of {"what", "is", "flag"}.
json::Value isolation_words(const json::Value& isolation);

}  // namespace isle::engine
