#pragma once
// A container's own root file system, by whichever driver. What is made here are directories; if
// something has to be mounted, that is a step of the launch plan, done in the container's own mount
// namespace. The seam for drivers to come is this file: name() of them in driver.h, one branch in
// prepare_snapshot, and what the launch plan is to mount (engine/spec.cc).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/snapshot/driver.h"
#include "image/store.h"

namespace isle::image {

struct Snapshot {
  Driver driver = Driver::Overlay;
  std::vector<HostPath> lowers;  // topmost first, as "lowerdir" wants them
  HostPath upper, work;          // overlay, fuse-overlayfs
  HostPath tree;                 // vfs, btrfs, zfs: the whole root file system
  std::string dataset;           // zfs: what is to be mounted there
  bool userxattr = false;  // mount option: attributes are "user.", the mounter is no real root
};

struct SnapshotRequest {
  Driver driver = Driver::Overlay;
  std::string_view container;
  const std::vector<HostPath>& layers;    // lowest first
  std::string image = {};                 // its id; empty with --rootfs
  std::optional<std::int64_t> size = {};  // bytes the container may write
};

// Makes what the driver needs in containers/ID. The container's root directory gets the topmost
// layer's mode and owner, since that is what "/" shows inside. That it needs `image` and its layers
// is written down first. Conflict: it was made before, or the layers are gone.
Result<Snapshot> prepare_snapshot(const Store& store, const SnapshotRequest& request);
// The same for what prepare_snapshot made before.
Snapshot snapshot_of(const Store& store,
                     Driver driver,
                     std::string_view container,
                     const std::vector<HostPath>& layers);
// The container needs this image as well, which is mounted in it: written down. Conflict: it is
// gone.
Result<void> claim_image(const Store& store,
                         std::string_view container,
                         const std::string& image,
                         const std::vector<HostPath>& layers);
// Removes containers/ID with all in it; absence is fine.
Result<void> remove_container_files(const Store& store, std::string_view container);

}  // namespace isle::image
