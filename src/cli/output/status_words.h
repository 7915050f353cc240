#pragma once
// A container's state in docker's words: "Up 3 minutes (healthy)", "Exited (0) 2 minutes ago".

#include <cstdint>
#include <string>

#include "engine/containers.h"

namespace isle::cli {

// `now`: seconds since 1970.
std::string status_words(const engine::Listed& listed, std::int64_t now);

}  // namespace isle::cli
