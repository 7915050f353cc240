#pragma once
// Containers and images as rows for people and as JSON for programs.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/output/rows.h"
#include "engine/container_size.h"
#include "engine/containers.h"

namespace isle::cli {

// What templates and the table of ps know of a container, by docker's names.
std::span<const Field> container_fields();
struct ContainerView {
  const engine::Listed* listed = nullptr;
  std::string ports;                          // of one that runs
  std::optional<engine::ContainerSize> size;  // when it is wanted
};
// `listed` has to live as long as the view.
Result<ContainerView> view_of(const engine::Paths& paths,
                              const engine::Listed& listed,
                              bool with_size);
// Those fields that are wanted, or all.
json::Value container_row(const ContainerView& view,
                          std::int64_t now,
                          bool full,
                          const std::vector<std::string>& wanted = {});
// isle's own members, which `inspect` has beside docker's.
json::Value listed_json(const engine::Listed& listed);
// "2025-01-31T12:00:00Z".
std::string time_words(std::int64_t seconds);

}  // namespace isle::cli
