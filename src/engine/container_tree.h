#pragma once
// Why: commit, export and diff work on a container's files, whether it runs or not, without
// mounting anything that others see: the directories that its root file system is made of.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "engine/paths.h"
#include "kernel/fd.h"
#include "oci/runtime_spec.h"
#include "record/container.h"

namespace isle::engine {

struct ContainerTree {
  HostPath upper;                // what the container wrote; empty: it has no layer of its own
  std::vector<HostPath> lowers;  // topmost first: the image's layers, or the directory of --rootfs
  HostPath whole;  // of drivers without layers: all its files; what it wrote differs from `lowers`
  std::vector<oci::IdMapping> uids, gids;
  bool has_host_ids = true;  // in `upper`, for what `uids` maps; else they are the container's
  std::vector<std::string> mount_points;  // "/etc/hosts"

  // It has a layer of its own, or can tell what would be in one.
  bool has_own() const { return !upper.empty() || !whole.empty(); }
  // Topmost first.
  std::vector<HostPath> all() const;
  // isle-unpack's options for the ids, and for mount points.
  std::vector<std::string> id_options() const;
  std::vector<std::string> mount_point_options() const;
};

// From the specification it was made with, so it stays true when images change their names. A data
// set of ZFS is mounted for it, in a mount namespace of this process.
Result<ContainerTree> tree_of(const Paths& paths, const record::Container& container);

struct OpenTree {
  std::vector<kernel::UniqueFd> roots;
  std::vector<int> numbers() const;
};
Result<OpenTree> open_tree(const std::vector<HostPath>& roots);

}  // namespace isle::engine
