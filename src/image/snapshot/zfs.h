#pragma once
// Data sets of a store that lies on ZFS, beside the one that ROOT itself lies on, of which they are
// children:
//
//   tank/data/isle-34                    34: the inode of ROOT; it mounts nowhere
//   tank/data/isle-34/image-HEX@whole    an image's files, once they are all there
//   tank/data/isle-34/root-ID@whole      those of --rootfs DIR:O
//   tank/data/isle-34/ID                 a container: a clone of one of them
//
// All are mounted by who needs them alone: a container in its mount namespace, `isle commit` and
// the like in one of their own. Nothing is mounted on the host.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/store.h"

namespace isle::image {

// The container's; empty: the store is on no data set.
std::string container_dataset(const Store& store, std::string_view container);
// Of containers/ID, by whatever driver: the data sets that are noted there go.
Result<void> remove_zfs_tree(const Store& store, int container, std::string_view id);

// Names below the store's data set; none where it has none.
struct StoreDatasets {
  std::vector<std::string> images;      // HEX
  std::vector<std::string> containers;  // ids: clones, and roots of theirs
};
Result<StoreDatasets> datasets_of(const Store& store);
Result<void> remove_image_dataset(const Store& store, std::string_view hex);
// `has_root`: it may have been made with --rootfs.
Result<void> remove_container_datasets(const Store& store,
                                       std::string_view container,
                                       bool has_root);

}  // namespace isle::image
