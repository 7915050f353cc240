// A copy of an image is whole before it gets its name: staging/HEX.tree.PID → syncfs → rename. It
// is guarded as layers are, by a lock of its image's id, and removed with the image (gc.cc);
// snapshots of it do not mind.
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/copy_tree.h"
#include "image/lock.h"
#include "image/snapshot/tree.h"
#include "kernel/beneath.h"
#include "kernel/btrfs.h"
#include "kernel/fd.h"
#include "kernel/rename_new.h"
#include "oci/digest.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

Result<kernel::UniqueFd> fill_new(int directory,
                                  const std::string& name,
                                  const std::vector<HostPath>& layers) {
  TRY(kernel::make_subvolume(directory, name));
  kernel::UniqueFd tree = TRY(kernel::open_at(directory, name, kDirectory));
  TRY(copy_layers(layers, tree.get()));
  return tree;
}

Result<void> publish(int staging, const std::string& work, int trees, const std::string& name) {
  if (syncfs(staging) != 0) return fail_call(errno, "syncfs()");
  return kernel::rename_new(staging, work, trees, name);
}

Result<kernel::UniqueFd> image_tree(const Store& store,
                                    const std::vector<HostPath>& layers,
                                    const std::string& image) {
  const std::string hex(TRY(oci::Digest::parse(image)).hex());
  const HostPath path = store.root() / "trees" / hex;
  if (kernel::UniqueFd made = TRY(kernel::open_if_exists(path, kDirectory))) return made;
  const StoreLock lock =
      TRY(StoreLock::take(store, layer_lock_name(hex), "the tree of image " + hex.substr(0, 12)));
  // Somebody else's, while we waited.
  if (kernel::UniqueFd made = TRY(kernel::open_if_exists(path, kDirectory))) return made;
  const kernel::UniqueFd trees = TRY(store.directory("trees"));
  const kernel::UniqueFd staging = TRY(store.directory("staging"));
  const std::string work = format("{}.tree.{}", hex, getpid());
  TRY(kernel::remove_tree(staging.get(), work));
  Result<kernel::UniqueFd> tree = fill_new(staging.get(), work, layers);
  Result<void> published = tree ? publish(staging.get(), work, trees.get(), hex) : Result<void>{};
  if (!tree || !published) static_cast<void>(kernel::remove_tree(staging.get(), work));
  TRY(published);
  return tree;
}

}  // namespace

Result<void> make_btrfs_tree(const Store& store,
                             int container,
                             const std::vector<HostPath>& layers,
                             const std::string& image,
                             std::optional<std::int64_t> size) {
  kernel::UniqueFd tree;
  if (image.empty()) {
    tree = TRY(fill_new(container, "tree", layers));
  } else {
    const kernel::UniqueFd whole = TRY_STEP(image_tree(store, layers, image), "copy the image");
    TRY(kernel::snapshot_subvolume(whole.get(), container, "tree"));
    tree = TRY(kernel::open_at(container, "tree", kDirectory));
  }
  if (!size) return {};
  TRY_STEP(kernel::limit_subvolume(tree.get(), *size), "limit what the container writes");
  return {};
}

}  // namespace isle::image
