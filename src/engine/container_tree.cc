#include "engine/container_tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "base/strings.h"
#include "engine/image_mount.h"
#include "image/snapshot/driver.h"
#include "image/use.h"
#include "oci/runtime_spec_json.h"

namespace isle::engine {
namespace {

void take_overlay(const oci::Mount& mount, ContainerTree& tree) {
  constexpr std::string_view kLower = "lowerdir+=";
  constexpr std::string_view kUpper = "upperdir=";
  for (const std::string& option : mount.options) {
    if (option.starts_with(kLower)) tree.lowers.emplace_back(option.substr(kLower.size()));
    if (option.starts_with(kUpper)) tree.upper = HostPath(option.substr(kUpper.size()));
  }
}

bool is_whole(const record::Container& container) {
  const auto driver = image::parse_driver(container.storage.driver);
  return driver && image::is_whole(*driver);
}

// The layers that the tree was copied from.
Result<void> take_whole(const Paths& paths,
                        const record::Container& container,
                        ContainerTree& tree) {
  tree.whole = paths.container(container.id) / "tree";
  if (!container.storage.root.directory.empty()) {
    tree.lowers.emplace_back(container.storage.root.directory);
    return {};
  }
  const image::ContainerImage image = TRY(image::read_container_image(paths.store, container.id));
  for (auto name = image.layers.rbegin(); name != image.layers.rend(); ++name) {
    tree.lowers.push_back(paths.store.root() / "layers" / *name / "fs");
  }
  return {};
}

void add_maps(const char* option,
              const std::vector<oci::IdMapping>& maps,
              std::vector<std::string>& words) {
  for (const oci::IdMapping& map : maps) {
    words.emplace_back(option);
    words.push_back(format("{}:{}:{}", map.container_id, map.host_id, map.size));
  }
}

}  // namespace

std::vector<HostPath> ContainerTree::all() const {
  if (!whole.empty()) return {whole};
  std::vector<HostPath> roots;
  if (!upper.empty()) roots.push_back(upper);
  roots.insert(roots.end(), lowers.begin(), lowers.end());
  return roots;
}

std::vector<std::string> ContainerTree::id_options() const {
  std::vector<std::string> words;
  // An ordinary user's files are all his own; the packer knows.
  if (upper.empty() || !has_host_ids || geteuid() != 0) return words;
  add_maps("--uid-map", uids, words);
  add_maps("--gid-map", gids, words);
  return words;
}

std::vector<std::string> ContainerTree::mount_point_options() const {
  std::vector<std::string> words;
  for (const std::string& path : mount_points) {
    words.emplace_back("--mount-point");
    words.push_back(path.substr(path.find_first_not_of('/')));
  }
  return words;
}

Result<ContainerTree> tree_of(const Paths& paths, const record::Container& container) {
  const HostPath file = paths.container(container.id) / "config.json";
  const oci::ReadSpec read =
      TRY_STEP(oci::read_spec(TRY(kernel::read_file(file))), format("read {}", file.str()));
  ContainerTree tree;
  for (const oci::Mount& mount : read.spec.mounts) {
    if (mount.destination == "/") take_overlay(mount, tree);
    if (mount.destination.find_first_not_of('/') == std::string::npos) continue;
    tree.mount_points.push_back(mount.destination);
  }
  if (is_whole(container)) {
    TRY(take_whole(paths, container, tree));
    for (const oci::Mount& mount : read.spec.mounts) {
      if (mount.destination == "/" && mount.type == "zfs") {
        TRY(mount_dataset_here(mount.source, tree.whole));
      }
    }
  } else if (tree.lowers.empty() && read.spec.root) {
    tree.lowers.emplace_back(read.spec.root->path);
  }
  tree.has_host_ids = tree.whole.empty() &&
                      container.storage.driver != image::to_string(image::Driver::FuseOverlayfs);
  if (read.spec.linux_) {
    tree.uids = read.spec.linux_->uid_mappings;
    tree.gids = read.spec.linux_->gid_mappings;
  }
  return tree;
}

std::vector<int> OpenTree::numbers() const {
  std::vector<int> list;
  list.reserve(roots.size());
  for (const kernel::UniqueFd& root : roots) list.push_back(root.get());
  return list;
}

Result<OpenTree> open_tree(const std::vector<HostPath>& roots) {
  OpenTree tree;
  for (const HostPath& root : roots) {
    tree.roots.push_back(TRY(kernel::open_file(root, O_RDONLY | O_DIRECTORY)));
  }
  return tree;
}

}  // namespace isle::engine
