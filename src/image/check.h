#pragma once
// Whether the store is what it says: every image has its blobs with the right digests and its
// layers, every name leads to an image. Repair makes what is missing from what is kept, and takes
// away what cannot be made whole, so that a pull brings it anew; it never resets the store.

#include <string>
#include <vector>

#include "base/error.h"
#include "image/store.h"

namespace isle::image {

struct CheckReport {
  std::vector<std::string> problems;              // that are left
  std::vector<std::string> repaired;              // what was done about others
  std::vector<std::string> notes;                 // what is no fault: downloads that can go on ...
  std::size_t images = 0, layers = 0, blobs = 0;  // looked at
};

Result<CheckReport> check_store(const Store& store, bool repair);

}  // namespace isle::image
