#pragma once
// What differs between two trees of layers: a container and its image, or two images.

#include <string>
#include <vector>

#include "base/error.h"

namespace isle::image {

struct Change {
  enum class Kind : char { Added = 'A', Changed = 'C', Deleted = 'D' };
  Kind kind = Kind::Added;
  std::string path;  // "/etc/passwd"
};

// Both by their directories, topmost first. As docker has it, a directory in which something
// changed has changed, all below an added one is added, and of a deleted one only it is told. A
// file is the same if its kind, owner, mode, size, time and capabilities are.
Result<std::vector<Change>> compare_trees(const std::vector<int>& before,
                                          const std::vector<int>& after);

}  // namespace isle::image
