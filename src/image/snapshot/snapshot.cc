#include "image/snapshot/snapshot.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/image_names.h"
#include "image/snapshot/tree.h"
#include "image/snapshot/zfs.h"
#include "image/use.h"
#include "kernel/beneath.h"
#include "kernel/btrfs.h"
#include "kernel/fd.h"
#include "kernel/project_quota.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// Ids become names of directories.
Result<void> check_id(std::string_view id) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  if (!id.empty() && id.size() <= 128 && id.front() != '.' && std::ranges::all_of(id, is_plain)) {
    return {};
  }
  return fail(ErrorKind::InvalidArgument, format("{} is no container id", quoted(id)));
}

Result<void> make_directory(int parent, const char* name, mode_t mode) {
  if (mkdirat(parent, name, mode) == 0) return {};
  return fail_call(errno, format("mkdir({})", name));
}

// "HEX" of ROOT/layers/HEX/fs.
std::vector<std::string> names_of(const Store& store, const std::vector<HostPath>& layers) {
  std::vector<std::string> names;
  const std::string above = (store.root() / "layers").str() + "/";
  for (const HostPath& layer : layers) {
    if (!layer.str().starts_with(above)) continue;
    names.emplace_back(cut(std::string_view(layer.str()).substr(above.size()), '/').before);
  }
  return names;
}

// What "/" shows inside is the upper directory's own mode and owner.
Result<void> copy_look(int directory, const HostPath& layer, Unpacker who) {
  struct stat look{};
  if (stat(layer.c_str(), &look) != 0) return fail_call(errno, format("stat({})", layer.str()));
  if (who == Unpacker::Root && fchown(directory, look.st_uid, look.st_gid) != 0) {
    return fail_call(errno, "chown(upper)");
  }
  const mode_t mode = (look.st_mode & 07777U) | (who == Unpacker::User ? S_IRWXU : 0U);
  if (fchmod(directory, mode) != 0) return fail_call(errno, "chmod(upper)");
  return {};
}

Result<void> check_layers(const std::vector<HostPath>& layers) {
  for (const HostPath& layer : layers) {
    if (access(layer.c_str(), F_OK) == 0) continue;
    return fail(ErrorKind::Conflict,
                format("the image was removed while the container was made: {} is gone",
                       quoted(layer.str())),
                "pull it again, or run it by a name that is here");
  }
  return {};
}

// From here on they stay. Since the image was found, somebody may have removed it.
Result<void> claim_layers(const Store& store,
                          std::string_view container,
                          const std::vector<HostPath>& layers,
                          const std::string& image) {
  const kernel::UniqueFd lock = TRY(lock_names(store));
  TRY(write_container_image(
      store, container, {.id = image, .layers = names_of(store, layers), .mounted = {}}));
  return check_layers(layers);
}

// Both directories, since overlay writes into one and moves it into the other.
Result<void> limit_upper(int upper, int work, std::int64_t size) {
  const std::uint32_t project = TRY(kernel::unused_project(upper));
  // First, so that the number is taken.
  TRY(kernel::limit_project(upper, project, size));
  TRY(kernel::set_project(upper, project));
  return kernel::set_project(work, project);
}

// The two that lay directories over each other.
Result<void> make_upper(const Store& store, int directory, const SnapshotRequest& request) {
  TRY(make_directory(directory, "upper", 0755));
  TRY(make_directory(directory, "work", 0700));
  const kernel::UniqueFd upper = TRY(kernel::open_at(directory, "upper", kDirectory));
  TRY(copy_look(upper.get(), request.layers.back(), store.who()));
  if (!request.size) return {};
  const kernel::UniqueFd work = TRY(kernel::open_at(directory, "work", kDirectory));
  TRY_STEP(limit_upper(upper.get(), work.get(), *request.size), "limit what the container writes");
  return {};
}

Result<void> make_files(const Store& store, const SnapshotRequest& request, int directory) {
  switch (request.driver) {
    case Driver::Vfs:
      TRY_STEP(make_vfs_tree(directory, request.layers), "copy the image's files");
      return {};
    case Driver::Btrfs:
      return make_btrfs_tree(store, directory, request.layers, request.image, request.size);
    case Driver::Zfs:
      return make_zfs_tree(
          store, directory, request.container, request.layers, request.image, request.size);
    case Driver::Overlay:
    case Driver::FuseOverlayfs: break;
  }
  return make_upper(store, directory, request);
}

}  // namespace

Snapshot snapshot_of(const Store& store,
                     Driver driver,
                     std::string_view container,
                     const std::vector<HostPath>& layers) {
  const HostPath directory = store.container_directory(container);
  Snapshot snapshot{.driver = driver,
                    .lowers = {layers.rbegin(), layers.rend()},
                    .upper = {},
                    .work = {},
                    .tree = {},
                    .dataset = {},
                    .userxattr = store.who() == Unpacker::User};
  if (is_whole(driver)) {
    snapshot.tree = directory / "tree";
    if (driver == Driver::Zfs) snapshot.dataset = container_dataset(store, container);
  } else {
    snapshot.upper = directory / "upper";
    snapshot.work = directory / "work";
  }
  return snapshot;
}

Result<Snapshot> prepare_snapshot(const Store& store, const SnapshotRequest& request) {
  TRY(check_id(request.container));
  if (request.layers.empty())
    return fail(ErrorKind::InvalidArgument, "an image without layers has no root");
  if (request.size) TRY(check_size_limit(store, request.driver));
  const kernel::UniqueFd directory =
      TRY(store.directory(format("containers/{}", request.container)));
  TRY(claim_layers(store, request.container, request.layers, request.image));
  TRY(make_files(store, request, directory.get()));
  return snapshot_of(store, request.driver, request.container, request.layers);
}

Result<void> claim_image(const Store& store,
                         std::string_view container,
                         const std::string& image,
                         const std::vector<HostPath>& layers) {
  TRY(check_id(container));
  const kernel::UniqueFd lock = TRY(lock_names(store));
  ContainerImage needs = TRY(read_container_image(store, container));
  needs.mounted.push_back({.id = image, .layers = names_of(store, layers)});
  TRY(write_container_image(store, container, needs));
  return check_layers(layers);
}

Result<void> remove_container_files(const Store& store, std::string_view container) {
  TRY(check_id(container));
  const kernel::UniqueFd containers =
      TRY(kernel::open_if_exists(store.root() / "containers", kDirectory));
  if (!containers) return {};
  const std::string name(container);
  std::uint32_t project = 0;
  if (const auto files = kernel::open_at(containers.get(), name, kDirectory)) {
    // At once, where it is a subvolume.
    static_cast<void>(kernel::delete_subvolume(files->get(), "tree"));
    TRY(remove_zfs_tree(store, files->get(), container));
    const auto upper = kernel::open_at(files->get(), "upper", kDirectory);
    if (upper && store.who() == Unpacker::Root) project = kernel::project_of(upper->get());
  }
  TRY(kernel::remove_tree(containers.get(), name));
  // Its number is free again. A limit that stays when this is cut short holds nobody.
  if (project != 0) static_cast<void>(kernel::limit_project(containers.get(), project, 0));
  return {};
}

}  // namespace isle::image
