#pragma once
// How much a container has written, and how much its root file system holds: ps --size, inspect
// --size.

#include <cstdint>

#include "base/error.h"
#include "engine/paths.h"
#include "record/container.h"

namespace isle::engine {

struct ContainerSize {
  std::int64_t own = 0;    // bytes in the files that it has written
  std::int64_t whole = 0;  // these and its image's; a directory of --rootfs is not counted
};
Result<ContainerSize> size_of(const Paths& paths, const record::Container& container);

}  // namespace isle::engine
