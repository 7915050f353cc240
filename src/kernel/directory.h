#pragma once
// Why: directories of procfs are lists of numbers (processes, threads, descriptors), read often:
// getdents64(2) without what readdir(3) allocates.

#include <vector>

#include "base/error.h"

namespace isle::kernel {

// The names that are numbers, in the order the directory has them. `directory` is open for reading
// and at its beginning.
Result<std::vector<int>> numbers_in(int directory);

}  // namespace isle::kernel
