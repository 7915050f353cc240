#pragma once
// Storage drivers: how a container gets a root file system of its own from layers that others use
// too. All read the same unpacked layers, so a change of driver pulls nothing anew.
//
//   overlay         the kernel lays an upper directory over them
//   fuse-overlayfs  a program does, where the kernel cannot
//   btrfs           a snapshot of a subvolume into which the image was copied once
//   zfs             the same with data sets; mounted by the container, as overlay is
//   vfs             a copy, on any file system; its data is shared where that can (reflinks)

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/store.h"

namespace isle::image {

enum class Driver : unsigned char { Overlay, Vfs, Btrfs, FuseOverlayfs, Zfs };

std::string_view to_string(Driver driver);
// Unsupported: aufs and devicemapper, with what to take; InvalidArgument: others.
Result<Driver> parse_driver(std::string_view name);
// The container's files are one directory, not layers.
bool is_whole(Driver driver);

// Whether it works for this store on this host; the error says what is missing.
Result<void> check_driver(const Store& store, Driver driver);
// `wanted`, or what ISLE_STORAGE_DRIVER says, checked; else the best there is: overlay,
// zfs, fuse-overlayfs, btrfs, vfs.
Result<Driver> choose_driver(const Store& store, std::string_view wanted);

// Whether what a container writes can be limited; Unsupported: not so, with the reason. btrfs does
// it by quota groups, zfs by its quotas, the two with an upper directory by project quotas.
Result<void> check_size_limit(const Store& store, Driver driver);

// Each known driver, those that are refused too, and why it does not work here.
struct DriverState {
  std::string_view name;
  std::string reason;  // empty: it works
};
std::vector<DriverState> driver_states(const Store& store);

// Where fuse-overlayfs is installed; Unsupported: nowhere.
Result<HostPath> fuse_overlayfs_program();

}  // namespace isle::image
