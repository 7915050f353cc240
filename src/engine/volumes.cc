#include "engine/volumes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/strings.h"
#include "engine/container_root.h"
#include "engine/owner.h"
#include "image/layer/layer_view.h"
#include "image/layer/merged_tree.h"
#include "image/tree_transfer.h"
#include "kernel/beneath.h"

namespace isle::engine {
namespace {

bool has_mount_at(const record::Storage& storage, std::string_view target) {
  return std::ranges::find(storage.mounts, target, &record::MountRequest::target) !=
         storage.mounts.end();
}

// What docker takes over: volumes and directories of the host, not tmpfs.
Result<void> take_from(const Database& database,
                       const std::string& words,
                       record::Storage& storage) {
  const Cut parts = cut(words, ':');
  const record::Container other =
      TRY_STEP(database.find(parts.before), format("--volumes-from {}", words));
  for (record::MountRequest mount : other.storage.mounts) {
    if (mount.type == "tmpfs" || has_mount_at(storage, mount.target)) continue;
    if (parts.after == "ro") {
      std::erase(mount.options, "rw");
      mount.options.emplace_back("ro");
    }
    mount.anonymous = false;  // they go with the one they were made for, not with this one
    storage.mounts.push_back(std::move(mount));
  }
  return {};
}

void take_image_volumes(const oci::ImageRun& image, record::Storage& storage) {
  if (storage.image_volume == "ignore") return;
  for (const auto& [path, unused] : image.volumes) {
    std::string target = path;
    while (target.size() > 1 && target.ends_with('/')) target.pop_back();
    if (!target.starts_with('/') || target == "/" || has_mount_at(storage, target)) continue;
    record::MountRequest mount{.type = "volume", .target = target};
    mount.options = {"rbind", "rprivate"};
    if (storage.image_volume == "tmpfs") {
      mount.type = mount.source = "tmpfs";
      mount.options = {"nosuid", "nodev", "tmpcopyup"};
    }
    storage.mounts.push_back(std::move(mount));
  }
}

// A file system of its own each time: tmpfs, nfs; or a directory of the host.
oci::Mount mount_with_options(const volume::Volume& found, const record::MountRequest& request) {
  const auto option = [&found](const char* key) {
    const auto item = found.options.find(key);
    return item == found.options.end() ? std::string() : item->second;
  };
  oci::Mount mount{.destination = request.target,
                   .type = option("type"),
                   .source = option("device"),
                   .options = {},
                   .uid_mappings = {},
                   .gid_mappings = {}};
  const std::string words = option("o");
  for (const std::string_view word : split(words, ',')) {
    if (!word.empty()) mount.options.emplace_back(word);
  }
  const bool bound = std::ranges::any_of(
      mount.options, [](const std::string& word) { return word == "bind" || word == "rbind"; });
  for (const std::string& word : request.options) {
    if (bound || word.ends_with("bind") || word == "rro") continue;
    mount.options.push_back(word);
  }
  if (bound) {
    mount.type = "bind";
    mount.options.insert(mount.options.end(), request.options.begin(), request.options.end());
  } else if (mount.type.empty()) {
    mount.type = "none";
  }
  return mount;
}

bool is_empty(const HostPath& directory) {
  const auto opened = kernel::open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!opened) return false;
  const auto names = image::names_in(opened->get());
  return names && names->empty();
}

// What the image has at `target`: the directory's parts in its layers.
Result<std::vector<kernel::UniqueFd>> parts_in_image(const std::vector<HostPath>& layers,
                                                     const std::string& target) {
  std::vector<kernel::UniqueFd> opened;
  std::vector<int> roots;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    opened.push_back(TRY(kernel::open_file(*layer, O_RDONLY | O_DIRECTORY)));
    roots.push_back(opened.back().get());
  }
  auto found = TRY(image::LayerView(std::move(roots)).find(target, image::LayerView::Follow::All));
  if (found.kind != image::LayerView::Found::Kind::Directory) {
    return std::vector<kernel::UniqueFd>();
  }
  return std::move(found.parts);
}

// A file that tells of a copy under way. What is found with it is half of one: it is made anew.
Result<void> start_over(const HostPath& directory, const HostPath& mark) {
  if (access(mark.c_str(), F_OK) == 0) {
    const kernel::UniqueFd data =
        TRY(kernel::open_file(directory / "_data", O_RDONLY | O_DIRECTORY));
    for (const std::string& name : TRY(image::names_in(data.get()))) {
      TRY(kernel::remove_tree(data.get(), name));
    }
  }
  return kernel::replace_file(mark, "", 0600, false);
}

Result<void> fill(const Paths& paths,
                  const NewContainer& made,
                  const record::MountRequest& request) {
  const volume::Volumes volumes = volumes_of(paths);
  const HostPath data = volumes.data(request.source);
  const HostPath mark = volumes.directory(request.source) / "filling";
  const kernel::UniqueFd lock = TRY(volumes.lock_to_fill(request.source));
  if (!is_empty(data) && access(mark.c_str(), F_OK) != 0) return {};
  TRY(start_over(volumes.directory(request.source), mark));
  const kernel::UniqueFd target = TRY(kernel::open_file(data, O_RDONLY | O_DIRECTORY));
  // With idmap the files keep the ids that the container sees.
  const bool is_mapped = request.id_mapped;
  if (!is_mapped) TRY(give_to_root_inside(target.get(), made.prepared.spec));
  image::TreeSource source;
  if (!request.no_copy && request.subpath.empty()) {
    source.directories = TRY(parts_in_image(made.prepared.layers, request.target));
  }
  if (!source.directories.empty()) {
    const oci::Linux& linux_ = *made.prepared.spec.linux_;
    TRY(image::transfer_tree(
        paths.store,
        source,
        {.directory = target.get(),
         .uids = is_mapped ? image::IdRanges() : ranges_of(linux_.uid_mappings),
         .gids = is_mapped ? image::IdRanges() : ranges_of(linux_.gid_mappings)}));
  }
  if (unlink(mark.c_str()) != 0) return fail_call(errno, format("unlink({})", mark.str()));
  return {};
}

bool has_labels(const volume::Volume& volume, const std::vector<std::string>& labels) {
  return std::ranges::all_of(
      labels, [&volume](const std::string& label) { return volume::has_label(volume, label); });
}

Result<void> drop_own_volumes(const Paths& paths, const record::Container& container) {
  const auto own = [](const record::MountRequest& mount) {
    return mount.type == "volume" && mount.anonymous;
  };
  if (std::ranges::none_of(container.storage.mounts, own)) return {};
  const volume::Volumes volumes = volumes_of(paths);
  const kernel::UniqueFd lock = TRY(volumes.lock(true));
  const VolumeUsers users = TRY(volume_users(paths));
  for (const record::MountRequest& mount : container.storage.mounts) {
    if (!own(mount)) continue;
    const auto used = users.find(mount.source);
    const bool by_others =
        used != users.end() &&
        std::ranges::any_of(used->second, [&](auto& name) { return name != container.name; });
    if (!by_others && TRY(volumes.find(mount.source))) TRY(volumes.remove(mount.source));
  }
  return {};
}

}  // namespace

volume::Volumes volumes_of(const Paths& paths) {
  return volume::Volumes(paths.store.root() / "volumes");
}

Result<void> settle_volumes(const Database& database,
                            const oci::ImageRun& image,
                            record::Container& container) {
  record::Storage& storage = container.storage;
  for (const std::string& words : storage.volumes_from) TRY(take_from(database, words, storage));
  take_image_volumes(image, storage);
  for (record::MountRequest& mount : storage.mounts) {
    if (mount.type != "volume" || !mount.source.empty()) continue;
    mount.source = TRY(random_id());
    mount.anonymous = true;
  }
  return {};
}

Result<oci::Mount> mount_of_volume(const Paths& paths,
                                   const record::MountRequest& request,
                                   bool make) {
  const volume::Volumes volumes = volumes_of(paths);
  volume::Volume found{.name = request.source, .anonymous = request.anonymous};
  if (make) {
    const kernel::UniqueFd lock = TRY(volumes.lock(false));
    found = TRY(volumes.create(std::move(found)));
  } else if (const auto there = TRY(volumes.find(request.source))) {
    found = *there;
  }
  if (!found.options.empty()) return mount_with_options(found, request);
  return oci::Mount{.destination = request.target,
                    .type = "bind",
                    .source = volumes.data(found.name).str(),
                    .options = request.options,
                    .uid_mappings = {},
                    .gid_mappings = {}};
}

Result<void> fill_volumes(const Paths& paths, const NewContainer& made) {
  for (const record::MountRequest& request : made.container.storage.mounts) {
    if (request.type != "volume") continue;
    if (!TRY(volumes_of(paths).get(request.source)).options.empty()) continue;
    TRY_STEP(fill(paths, made, request), format("fill the volume {}", quoted(request.source)));
  }
  return {};
}

Result<VolumeUsers> volume_users(const Paths& paths) {
  VolumeUsers users;
  for (const record::Container& container : TRY(Database(paths).list()).containers) {
    for (const record::MountRequest& mount : container.storage.mounts) {
      if (mount.type == "volume") users[mount.source].push_back(container.name);
    }
  }
  return users;
}

Result<void> remove_volume(const Paths& paths, std::string_view name, bool force) {
  const volume::Volumes volumes = volumes_of(paths);
  const kernel::UniqueFd lock = TRY(volumes.lock(true));
  const Result<volume::Volume> found = volumes.get(name);
  if (!found) {
    if (force && found.error().kind == ErrorKind::NotFound) return {};
    return std::unexpected(found.error());
  }
  const VolumeUsers users = TRY(volume_users(paths));
  if (const auto used = users.find(name); used != users.end()) {
    return fail(ErrorKind::Conflict,
                format("volume {} is used by {}", quoted(name), join(used->second, ", ")),
                "remove these containers first: isle rm");
  }
  return volumes.remove(name);
}

Result<std::vector<std::string>> prune_volumes(const Paths& paths,
                                               bool all,
                                               const std::vector<std::string>& labels) {
  const volume::Volumes volumes = volumes_of(paths);
  const kernel::UniqueFd lock = TRY(volumes.lock(true));
  const VolumeUsers users = TRY(volume_users(paths));
  std::vector<std::string> gone;
  for (const volume::Volume& volume : TRY(volumes.list())) {
    if (users.contains(volume.name) || !(all || volume.anonymous)) continue;
    if (!has_labels(volume, labels)) continue;
    TRY(volumes.remove(volume.name));
    gone.push_back(volume.name);
  }
  return gone;
}

Result<void> remove_with_volumes(const Paths& paths, const record::Container& container) {
  TRY(drop_own_volumes(paths, container));
  return Database(paths).remove(container);
}

}  // namespace isle::engine
