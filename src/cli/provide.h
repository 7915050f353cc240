#pragma once
// What `run` and `create` share: the name of what is to be run, and its image, fetched if need be.

#include <string>

#include "engine/paths.h"
#include "options/option.h"

namespace isle::cli {

// As the user knows it: by the name given, else by what it runs.
std::string called(const record::Container& container);

// The image's name, as it is found here from now on.
Result<std::string> provide(const engine::Paths& paths, const options::RunRequest& request);

}  // namespace isle::cli
