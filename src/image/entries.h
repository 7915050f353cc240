#pragma once
// What lies in a directory of the store.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::image {

// Names, sorted, without those that begin with a dot. A directory that is not there has none.
Result<std::vector<std::string>> entries_of(const HostPath& directory);

}  // namespace isle::image
