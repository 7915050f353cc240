#pragma once
// Why: cp reads and writes a container's files whether it runs or not. Of a running one its own
// root is taken, with all that is mounted in it; of another one the overlay is mounted in a mount
// namespace of this process, so that nothing shows on the host and nothing outlives the command.

#include "base/error.h"
#include "engine/containers.h"
#include "engine/paths.h"
#include "image/layer/pack.h"
#include "kernel/fd.h"
#include "oci/runtime_spec.h"

namespace isle::engine {

struct ContainerRoot {
  kernel::UniqueFd mount;  // that `directory` is in, when it is attached nowhere
  kernel::UniqueFd directory;
  image::IdRanges uids, gids;  // inside and on the host
};

// As copies of trees take a specification's mappings.
image::IdRanges ranges_of(const std::vector<oci::IdMapping>& maps);

// For a container that does not run this process gets mounts of its own, once, or, where it has a
// user namespace, a mount that is nowhere in the tree.
Result<ContainerRoot> open_container_root(const Paths& paths, const Listed& listed);

}  // namespace isle::engine
