#include "image/gc.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/entries.h"
#include "image/image_names.h"
#include "image/layer/layer_store.h"
#include "image/lease.h"
#include "image/lock.h"
#include "image/snapshot/zfs.h"
#include "image/use.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

std::string_view hex_of(std::string_view directory) { return cut(directory, '-').before; }

class Collector {
 public:
  Collector(const Store& store, const CollectOptions& options) : store_(store), options_(options) {}

  // While the names are locked no image is written down: what is in use now stays the whole truth
  // but for leases, which are read under the lock of each thing.
  Result<Collected> run() {
    {
      const kernel::UniqueFd names = TRY(begin_change_of_names(store_));
      const Use use = TRY(read_use(store_));
      if (!use.broken.empty()) {
        collected_.left =
            "an image's record is damaged, and what it needs is not known: isle system "
            "check --repair";
        return std::move(collected_);
      }
      TRY(take_layers(use));
      TRY(take_trees(use));
      TRY(take_datasets(use));
      TRY(take_blobs(use));
      if (options_.partial) TRY(take_partial());
    }
    TRY(take_staging());
    TRY(empty_trash());
    return std::move(collected_);
  }

 private:
  const Store& store_;
  const CollectOptions& options_;
  Collected collected_;
  unsigned count_ = 0;

  // Runs `take` if nobody works on it and no lease names it.
  template <typename Take>
  Result<void> if_idle(const std::string& lock_name, std::string_view hex, const Take& take) {
    std::optional<StoreLock> lock = TRY(StoreLock::try_take(store_, lock_name));
    if (!lock || TRY(read_leases(store_)).has(hex)) {
      collected_.left = "what others are working on stays";
      return {};
    }
    TRY(take());
    lock->remove(store_, lock_name);
    return {};
  }

  Result<void> to_trash(const HostPath& path, std::string_view name) {
    TRY(store_.directory("trash"));
    const HostPath to = store_.root() / "trash" / format("{}.{}.{}", name, getpid(), ++count_);
    if (rename(path.c_str(), to.c_str()) == 0 || errno == ENOENT) return {};
    return fail_call(errno, format("rename({}, trash)", path.str()));
  }

  Result<void> take_layers(const Use& use) {
    for (const std::string& name : TRY(entries_of(store_.root() / "layers"))) {
      if (use.layers.contains(name)) continue;
      TRY(if_idle(layer_lock_name(hex_of(name)), hex_of(name), [&]() -> Result<void> {
        const Result<LayerNote> note = read_layer_note(store_, name);
        TRY(to_trash(store_.root() / "layers" / name, name));
        if (note) collected_.freed += note->bytes;
        collected_.layers.push_back(name);
        return {};
      }));
    }
    return {};
  }

  // Copies of whole images, which snapshots begin from (snapshot/btrfs.cc).
  Result<void> take_trees(const Use& use) {
    for (const std::string& hex : TRY(entries_of(store_.root() / "trees"))) {
      const auto id = oci::Digest::parse("sha256:" + hex);
      if (id && use.images.contains(*id)) continue;
      TRY(if_idle(layer_lock_name(hex), hex, [&]() -> Result<void> {
        return to_trash(store_.root() / "trees" / hex, hex);
      }));
    }
    return {};
  }

  // The same on ZFS. What containers were made of goes after them; what was never finished is no
  // one's as soon as nobody works on it.
  Result<void> take_datasets(const Use& use) {
    for (const std::string& hex : TRY(datasets_of(store_)).images) {
      const auto id = oci::Digest::parse("sha256:" + hex);
      if (id && use.images.contains(*id)) continue;
      TRY(if_idle(layer_lock_name(hex), hex, [&]() -> Result<void> {
        const Result<void> removed = remove_image_dataset(store_, hex);
        if (removed || removed.error().kind != ErrorKind::Conflict) return removed;
        collected_.left = "a data set stays that containers were made of";
        return {};
      }));
    }
    return {};
  }

  Result<void> take_blobs(const Use& use) {
    for (const std::string& algorithm : TRY(entries_of(store_.root() / "blobs"))) {
      const HostPath directory = store_.root() / "blobs" / algorithm;
      for (const std::string& hex : TRY(entries_of(directory))) {
        if (use.blobs.contains(hex) && !(options_.kept && is_layer_blob(use, hex))) continue;
        TRY(take_file(directory / hex, "blob-" + hex, hex));
      }
    }
    return {};
  }

  static bool is_layer_blob(const Use& use, std::string_view hex) {
    for (const auto& [id, image] : use.images) {
      for (const oci::Descriptor& layer : image.record.manifest.layers) {
        if (layer.digest.hex() == hex) return true;
      }
    }
    return false;
  }

  Result<void> take_file(const HostPath& path, const std::string& lock, std::string_view hex) {
    return if_idle(lock, hex, [&]() -> Result<void> {
      struct stat found{};
      if (lstat(path.c_str(), &found) != 0) return {};
      if (unlink(path.c_str()) != 0) return fail_call(errno, format("unlink({})", path.str()));
      collected_.freed += found.st_size;
      collected_.blobs.emplace_back(hex);
      return {};
    });
  }

  Result<void> take_partial() {
    for (const std::string& name : TRY(entries_of(store_.root() / "partial"))) {
      const std::string hex(cut(name, '-').after);
      TRY(take_file(store_.root() / "partial" / name, "blob-" + hex, hex));
    }
    return {};
  }

  // A layer's directory belongs to who holds the layer's lock, a blob to who has it locked itself.
  Result<void> take_staging() {
    for (const std::string& name : TRY(entries_of(store_.root() / "staging"))) {
      const HostPath path = store_.root() / "staging" / name;
      if (name.starts_with("blob.")) {
        const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDWR | O_NOFOLLOW));
        if (file && flock(file.get(), LOCK_EX | LOCK_NB) == 0) unlink(path.c_str());
        continue;
      }
      const std::string hex(cut(cut(name, '.').before, '-').before);
      const std::string lock_name = layer_lock_name(hex);
      const std::optional<StoreLock> lock = TRY(StoreLock::try_take(store_, lock_name));
      if (lock) TRY(to_trash(path, name));
    }
    return {};
  }

  Result<void> empty_trash() {
    const kernel::UniqueFd trash =
        TRY(kernel::open_if_exists(store_.root() / "trash", O_RDONLY | O_DIRECTORY));
    if (!trash) return {};
    for (const std::string& name : TRY(entries_of(store_.root() / "trash"))) {
      TRY(kernel::remove_tree(trash.get(), name));
    }
    return {};
  }
};

}  // namespace

Result<Collected> collect(const Store& store, const CollectOptions& options) {
  // A store that is not there has nothing to give.
  if (access(store.root().c_str(), F_OK) != 0) return Collected{};
  return TRY_STEP(Collector(store, options).run(), "remove what nobody needs");
}

}  // namespace isle::image
