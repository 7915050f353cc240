#pragma once
// What `run` and `create` share: the name of what is to be run, and its image, fetched if need be.

#include <string>

#include "engine/paths.h"
#include "options/option.h"

namespace isle::cli {

// As the user knows it: by the name given, else by what it runs.
std::string called(const record::Container& container);

// The image, and those that are mounted in it, which get the names by which they are found here.
Result<void> provide(const engine::Paths& paths, options::RunRequest& request);

}  // namespace isle::cli
