#pragma once
// Volumes as lists and documents show them.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "cli/output/rows.h"
#include "engine/paths.h"
#include "volume/volume.h"

namespace isle::cli {

struct ListedVolume {
  volume::Volume volume;
  std::string place;  // on the host
  bool used = false;
};

// Those that all filters let through: name=PART, label=NAME[=VALUE], driver=, dangling=BOOL.
Result<std::vector<ListedVolume>> listed_volumes(const engine::Paths& paths,
                                                 const std::vector<std::string>& filters);
Result<std::string> show_volumes(const Format& format, const std::vector<ListedVolume>& volumes);

// As docker's inspect has it.
json::Value volume_document(const volume::Volumes& volumes, const volume::Volume& volume);

}  // namespace isle::cli
