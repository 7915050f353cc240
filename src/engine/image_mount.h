#pragma once
// Why: nothing is mounted on the host, where it would outlive whoever asked for it. An image is
// shown in a mount namespace of the command that wants to look at it, and is gone with that
// command (docs/adr/0014-image-mount.md).

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "engine/paths.h"

namespace isle::engine {

// Gives this process mounts of its own, in which the image's files are seen, read-only, at the
// directory that is the result. `layers` topmost first. Of an ordinary user the process becomes
// root of a user namespace.
Result<HostPath> mount_image_here(const Paths& paths, const std::vector<HostPath>& layers);

// The same with a container's own layer on top, which takes what is written.
Result<HostPath> mount_container_here(const Paths& paths,
                                      const std::vector<HostPath>& layers,
                                      const HostPath& upper,
                                      const HostPath& work);

// A data set of ZFS, at `target`.
Result<void> mount_dataset_here(const std::string& dataset, const HostPath& target);

}  // namespace isle::engine
