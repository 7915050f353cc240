// An image's data set is whole when it has its snapshot: data set → copy → unmounted → snapshot.
// Who is killed before leaves one without, which the next who wants it makes anew. It is guarded as
// layers are, by a lock of its image's id. What a container has is noted in its directory first.
#include "image/snapshot/zfs.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/copy_tree.h"
#include "image/lock.h"
#include "image/snapshot/tree.h"
#include "kernel/fd.h"
#include "kernel/zfs.h"
#include "oci/digest.h"

namespace isle::image {
namespace {

constexpr const char* kNote = "zfs";  // in ROOT and in containers/ID
constexpr const char* kWhole = "@whole";
constexpr std::string_view kImage = "image-";
constexpr std::string_view kRoot = "root-";

Result<std::string> base_of(const Store& store) {
  struct stat root{};
  if (stat(store.root().c_str(), &root) != 0) {
    return fail_call(errno, format("stat({})", store.root().str()));
  }
  return format("{}/isle-{}", TRY(kernel::dataset_of(store.root())), root.st_ino);
}

// nullopt: no data set was ever made for this store, and the program need not be asked.
Result<std::optional<std::string>> base_if_made(const Store& store) {
  if (access((store.root() / kNote).c_str(), F_OK) != 0) return std::nullopt;
  return TRY(base_of(store));
}

// What ROOT's data set has for itself may not fit images: names in any case and form, attributes
// beside the inodes (whole directories otherwise), access lists.
Result<void> make_base(const Store& store, const std::string& base) {
  TRY(kernel::replace_file(store.root() / kNote, base + "\n", 0600, true));
  const Result<std::string> made = kernel::run_zfs({"create",
                                                    "-o",
                                                    "mountpoint=none",
                                                    "-o",
                                                    "canmount=off",
                                                    "-o",
                                                    "xattr=sa",
                                                    "-o",
                                                    "acltype=posixacl",
                                                    "-o",
                                                    "casesensitivity=sensitive",
                                                    base});
  if (made || made.error().kind == ErrorKind::Conflict) return {};
  return std::unexpected(made.error());
}

Result<bool> is_whole(const std::string& dataset) {
  const Result<std::string> found = kernel::run_zfs({"list", "-H", "-o", "name", dataset + kWhole});
  if (found) return true;
  if (found.error().kind == ErrorKind::NotFound) return false;
  return std::unexpected(found.error());
}

// Whoever fails here leaves it without its snapshot: it is made anew then.
Result<void> fill_dataset(const std::string& dataset, const std::vector<HostPath>& layers) {
  TRY(kernel::run_zfs({"create", "-o", "mountpoint=legacy", dataset}));
  {
    const kernel::UniqueFd mount = TRY(kernel::mount_dataset(dataset));
    const kernel::UniqueFd root = TRY(kernel::open_at(mount.get(), ".", O_RDONLY | O_DIRECTORY));
    TRY(copy_layers(layers, root.get()));
  }
  TRY(kernel::run_zfs({"snapshot", dataset + kWhole}));
  return {};
}

Result<void> make_whole(const std::string& dataset, const std::vector<HostPath>& layers) {
  if (TRY(is_whole(dataset))) return {};  // somebody else's, while we waited
  TRY(kernel::destroy_dataset(dataset));
  Result<void> filled = fill_dataset(dataset, layers);
  if (!filled) static_cast<void>(kernel::destroy_dataset(dataset));
  return filled;
}

Result<void> make_image(const Store& store,
                        const std::string& base,
                        const std::string& hex,
                        const std::vector<HostPath>& layers) {
  const StoreLock lock = TRY(
      StoreLock::take(store, layer_lock_name(hex), "the data set of image " + hex.substr(0, 12)));
  TRY(make_base(store, base));
  TRY_STEP(make_whole(format("{}/{}{}", base, kImage, hex), layers), "copy the image");
  return {};
}

// A quota of a clone counts what it does not share with what it was made of.
Result<void> make_clone(const std::string& of,
                        const std::string& name,
                        std::optional<std::int64_t> size) {
  std::vector<std::string> words = {"clone", "-o", "mountpoint=legacy"};
  if (size) {
    words.emplace_back("-o");
    words.push_back(format("quota={}", *size));
  }
  words.push_back(of + kWhole);
  words.push_back(name);
  TRY(kernel::run_zfs(words));
  return {};
}

Result<void> make_note(int container, std::string_view text) {
  const kernel::UniqueFd note =
      TRY(kernel::open_at(container, kNote, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  return kernel::write_all(note.get(), text);
}

}  // namespace

std::string container_dataset(const Store& store, std::string_view container) {
  const Result<std::string> base = base_of(store);
  return base ? format("{}/{}", *base, container) : std::string();
}

Result<void> make_zfs_tree(const Store& store,
                           int container,
                           std::string_view id,
                           const std::vector<HostPath>& layers,
                           const std::string& image,
                           std::optional<std::int64_t> size) {
  const std::string base = TRY(base_of(store));
  const std::string name = format("{}/{}", base, id);
  if (mkdirat(container, "tree", 0700) != 0) return fail_call(errno, "mkdir(tree)");
  const std::string root = format("{}/{}{}", base, kRoot, id);
  TRY(make_note(container, name + "\n" + (image.empty() ? root + "\n" : "")));
  if (image.empty()) {
    TRY(make_base(store, base));
    TRY_STEP(make_whole(root, layers), "copy the directory");
    return make_clone(root, name, size);
  }
  const std::string hex(TRY(oci::Digest::parse(image)).hex());
  const std::string whole = format("{}/{}{}", base, kImage, hex);
  // The usual case is that it is there.
  const Result<void> cloned = make_clone(whole, name, size);
  if (cloned || cloned.error().kind != ErrorKind::NotFound) return cloned;
  TRY(make_image(store, base, hex, layers));
  return make_clone(whole, name, size);
}

Result<void> remove_container_datasets(const Store& store,
                                       std::string_view container,
                                       bool has_root) {
  const std::optional<std::string> base = TRY(base_if_made(store));
  if (!base) return {};
  TRY(kernel::destroy_dataset(format("{}/{}", *base, container)));
  if (!has_root) return {};
  return kernel::destroy_dataset(format("{}/{}{}", *base, kRoot, container));
}

Result<void> remove_zfs_tree(const Store& store, int container, std::string_view id) {
  const auto note = kernel::open_at(container, kNote, O_RDONLY | O_NOFOLLOW);
  if (!note) return {};
  const bool has_root = TRY(kernel::read_all(note->get())).contains(format("/{}", kRoot));
  TRY_STEP(remove_container_datasets(store, id, has_root), "remove the container's data set");
  return {};
}

Result<StoreDatasets> datasets_of(const Store& store) {
  StoreDatasets found;
  const std::optional<std::string> base = TRY(base_if_made(store));
  if (!base) return found;
  const Result<std::string> list =
      kernel::run_zfs({"list", "-H", "-o", "name", "-t", "filesystem", "-r", "-d", "1", *base});
  if (!list && list.error().kind == ErrorKind::NotFound) return found;
  for (const std::string_view line : split(TRY(list), '\n')) {
    if (line.size() <= base->size()) continue;  // itself
    const std::string_view name = line.substr(base->size() + 1);
    if (name.starts_with(kImage)) {
      found.images.emplace_back(name.substr(kImage.size()));
    } else {
      found.containers.emplace_back(name.starts_with(kRoot) ? name.substr(kRoot.size()) : name);
    }
  }
  std::ranges::sort(found.containers);
  const auto doubles = std::ranges::unique(found.containers);
  found.containers.erase(doubles.begin(), doubles.end());
  return found;
}

Result<void> remove_image_dataset(const Store& store, std::string_view hex) {
  const std::optional<std::string> base = TRY(base_if_made(store));
  if (!base) return {};
  return kernel::destroy_dataset(format("{}/{}{}", *base, kImage, hex));
}

}  // namespace isle::image
