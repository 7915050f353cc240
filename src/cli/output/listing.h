#pragma once
// Containers and images as rows for people and as JSON for programs.

#include <string>

#include "base/json.h"
#include "engine/containers.h"

namespace isle::cli {

std::string container_table(const std::vector<engine::Listed>& containers);
json::Value listed_json(const engine::Listed& listed);
// "2025-01-31T12:00:00Z".
std::string time_words(std::int64_t seconds);

}  // namespace isle::cli
