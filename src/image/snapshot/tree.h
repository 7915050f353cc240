#pragma once
// The drivers that give a container one whole directory, containers/ID/tree.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/store.h"

namespace isle::image {

// A copy of the layers (lowest first) as overlay would show them.
Result<void> make_vfs_tree(int container, const std::vector<HostPath>& layers);

// A snapshot of ROOT/trees/IMAGE, a subvolume that the image is copied into when its first
// container is made; without an image (--rootfs) a subvolume of the container's own.
Result<void> make_btrfs_tree(const Store& store,
                             int container,
                             const std::vector<HostPath>& layers,
                             const std::string& image,
                             std::optional<std::int64_t> size);

// containers/ID/tree is where a data set is to be mounted: a clone of the one that the image is
// copied into when its first container is made (zfs.h).
Result<void> make_zfs_tree(const Store& store,
                           int container,
                           std::string_view id,
                           const std::vector<HostPath>& layers,
                           const std::string& image,
                           std::optional<std::int64_t> size);

}  // namespace isle::image
