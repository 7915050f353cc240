#pragma once
// A container's root file system as overlay sees it: the image's layers below, a directory of its
// own on top. Only directories are made here; the mount is a step of the launch plan, done in the
// container's own mount namespace. Documentation/filesystems/overlayfs.rst.

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/store.h"

namespace isle::image {

struct Overlay {
  std::vector<HostPath> lowers;  // topmost first, as "lowerdir" wants them
  HostPath upper, work;
  bool userxattr = false;  // mount option: attributes are "user.", the mounter is no real root
};

// Makes containers/ID/{upper,work}. The upper directory takes the topmost layer's mode and owner,
// since that is what "/" shows inside. `layers` lowest first. Conflict: the directories are there.
// That the container needs `image` (an id; empty with --rootfs) and its layers is written down
// first.
Result<Overlay> prepare_overlay(const Store& store,
                                std::string_view container,
                                const std::vector<HostPath>& layers,
                                const std::string& image = {});
// The same for directories that prepare_overlay made before.
Overlay overlay_of(const Store& store,
                   std::string_view container,
                   const std::vector<HostPath>& layers);
// Removes containers/ID with all in it; absence is fine.
Result<void> remove_container_files(const Store& store, std::string_view container);

}  // namespace isle::image
