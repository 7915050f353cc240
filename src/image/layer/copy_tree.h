#pragma once
// Layers become one directory with all they show: whiteouts are gone, nothing refers to them any
// more. Owners, modes, times, extended attributes, hard links, devices and holes are kept; data is
// shared where the file system can (FICLONE, ioctl_ficlonerange(2)), else copied in the kernel.

#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::image {

// `layers` lowest first, into the empty directory `target`, which takes the root's look. An
// ordinary user's files all belong to him, as they do in his layers.
Result<void> copy_layers(const std::vector<HostPath>& layers, int target);

}  // namespace isle::image
