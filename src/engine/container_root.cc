#include "engine/container_root.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "engine/container_tree.h"
#include "engine/image_mount.h"
#include "runtime/launch/slots.h"
#include "runtime/state/container.h"

namespace isle::engine {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY;

Result<kernel::UniqueFd> root_of_running(const runtime::ContainerState& state) {
  kernel::UniqueFd root =
      TRY(kernel::open_file(HostPath(format("/proc/{}/root", state.pid.value)), kDirectory));
  // Had it ended before, the pid could have been another's by then.
  if (runtime::is_alive(state)) return root;
  return fail(ErrorKind::Conflict, "the container has ended meanwhile", "try again");
}

// Layers of the image have the ids that are seen inside, what the container wrote those of the
// host: shown together, as the container has it when it runs, all are the host's. Mounted nowhere.
Result<kernel::UniqueFd> mount_mapped(const HostPath& container, const ContainerTree& tree) {
  runtime::op::MakeOverlay overlay{.tree = {},
                                   .type = "overlay",
                                   .parameters = {},
                                   .uid_map = tree.uids,
                                   .gid_map = tree.gids,
                                   .directory = (container / "rootfs").str()};
  for (const HostPath& lower : tree.lowers) {
    overlay.parameters.push_back({.key = "lowerdir+", .value = lower.str()});
  }
  overlay.parameters.push_back({.key = "upperdir", .value = tree.upper.str()});
  overlay.parameters.push_back({.key = "workdir", .value = (container / "work").str()});
  return TRY_STEP(runtime::launch::make_overlay(overlay), "mount the container's files");
}

}  // namespace

image::IdRanges ranges_of(const std::vector<oci::IdMapping>& maps) {
  image::IdRanges ranges;
  ranges.reserve(maps.size());
  for (const oci::IdMapping& map : maps) {
    ranges.push_back({.inside = map.container_id, .outside = map.host_id, .count = map.size});
  }
  return ranges;
}

Result<ContainerRoot> open_container_root(const Paths& paths, const Listed& listed) {
  const ContainerTree tree = TRY(tree_of(paths, listed.container));
  ContainerRoot root{
      .mount = {}, .directory = {}, .uids = ranges_of(tree.uids), .gids = ranges_of(tree.gids)};
  if (listed.running()) {
    root.directory = TRY(root_of_running(*listed.state));
    return root;
  }
  if (!tree.has_host_ids) {
    root.uids.clear();
    root.gids.clear();
  }
  if (!tree.whole.empty()) {
    root.directory = TRY(kernel::open_file(tree.whole, kDirectory));
    return root;
  }
  if (tree.upper.empty()) {
    root.directory = TRY(kernel::open_file(tree.lowers.front(), kDirectory));
    return root;
  }
  if (!root.uids.empty() && geteuid() == 0) {
    root.mount = TRY(mount_mapped(paths.container(listed.container.id), tree));
    root.directory = TRY(kernel::open_at(root.mount.get(), ".", kDirectory));
    return root;
  }
  const HostPath work = paths.container(listed.container.id) / "work";
  root.directory = TRY(kernel::open_file(
      TRY(mount_container_here(paths, tree.lowers, tree.upper, work)), kDirectory));
  return root;
}

}  // namespace isle::engine
