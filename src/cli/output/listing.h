#pragma once
// Containers and images as rows for people and as JSON for programs.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/output/rows.h"
#include "engine/containers.h"

namespace isle::cli {

// What templates and the table of ps know of a container, by docker's names.
std::span<const Field> container_fields();
json::Value container_row(const engine::Listed& listed, std::int64_t now, bool full);
json::Value listed_json(const engine::Listed& listed);
// "2025-01-31T12:00:00Z".
std::string time_words(std::int64_t seconds);

}  // namespace isle::cli
