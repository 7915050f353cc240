#pragma once
// What the store takes of the disk, and how much of it pruning would give back: isle system df.

#include <string>
#include <vector>

#include "base/error.h"
#include "image/store.h"

namespace isle::image {

struct DiskUse {
  struct Item {
    std::string name, id;
    std::int64_t size = 0, shared = 0;  // bytes; shared with other images
    std::size_t containers = 0;
  };
  struct Sum {
    std::size_t total = 0, active = 0;
    std::int64_t size = 0, reclaimable = 0;  // bytes
    std::vector<Item> items;
  };
  Sum images;      // unpacked layers
  Sum containers;  // writable layers
  Sum blobs;       // as they came
  Sum partial;     // unfinished downloads
};

Result<DiskUse> disk_use(const Store& store);

// Bytes of all files below a directory: what they take of the disk, as du counts, or what is in
// them. What cannot be read counts nothing.
enum class TreeCount : unsigned char { Blocks, Content };
std::int64_t tree_size(const HostPath& path, TreeCount count);

}  // namespace isle::image
