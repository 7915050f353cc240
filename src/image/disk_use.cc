#include "image/disk_use.h"

#include <fts.h>
#include <sys/stat.h>

#include "image/entries.h"
#include "image/layer/layer_store.h"
#include "image/use.h"

namespace isle::image {
namespace {}  // namespace

std::int64_t tree_size(const HostPath& path, TreeCount count) {
  std::string text = path.str();
  char* paths[] = {text.data(), nullptr};
  FTS* walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr);
  if (walk == nullptr) return 0;
  std::int64_t size = 0;
  while (const FTSENT* entry = fts_read(walk)) {
    if (entry->fts_info == FTS_DP || entry->fts_statp == nullptr) continue;
    if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR) continue;
    if (count == TreeCount::Blocks) size += std::int64_t{entry->fts_statp->st_blocks} * 512;
    if (count == TreeCount::Content && entry->fts_info == FTS_F) size += entry->fts_statp->st_size;
  }
  fts_close(walk);
  return size;
}

namespace {

std::int64_t file_size(const HostPath& path) {
  struct stat found{};
  return stat(path.c_str(), &found) == 0 ? found.st_size : 0;
}

std::int64_t layer_size(const Store& store, const std::string& name) {
  const Result<LayerNote> note = read_layer_note(store, name);
  return note ? note->bytes : 0;
}

Result<void> measure_layers(const Store& store, const Use& use, DiskUse& result) {
  std::map<std::string, std::int64_t> sizes;
  for (const std::string& name : TRY(entries_of(store.root() / "layers"))) {
    sizes[name] = layer_size(store, name);
    result.images.size += sizes[name];
    if (!use.layers.contains(name)) result.images.reclaimable += sizes[name];
  }
  std::map<std::string, bool> active;  // layers that a container's image has
  for (const auto& [id, image] : use.images) {
    DiskUse::Item item{.name = image.names.empty() ? "" : image.names.front(),
                       .id = id.str(),
                       .containers = image.containers.size()};
    for (const std::string& layer : image.record.stack) {
      item.size += sizes[layer];
      if (use.layers.at(layer).size() > 1) item.shared += sizes[layer];
      active[layer] = active[layer] || !image.containers.empty() || image.built_in;
    }
    ++result.images.total;
    if (!image.containers.empty()) ++result.images.active;
    result.images.items.push_back(std::move(item));
  }
  for (const auto& [layer, needed] : active) {
    if (!needed) result.images.reclaimable += sizes[layer];
  }
  return {};
}

Result<void> measure_blobs(const Store& store, const Use& use, DiskUse& result) {
  for (const std::string& algorithm : TRY(entries_of(store.root() / "blobs"))) {
    const HostPath directory = store.root() / "blobs" / algorithm;
    for (const std::string& hex : TRY(entries_of(directory))) {
      const std::int64_t size = file_size(directory / hex);
      ++result.blobs.total;
      result.blobs.size += size;
      if (use.blobs.contains(hex)) {
        ++result.blobs.active;
      } else {
        result.blobs.reclaimable += size;
      }
    }
  }
  for (const std::string& name : TRY(entries_of(store.root() / "partial"))) {
    ++result.partial.total;
    result.partial.size += file_size(store.root() / "partial" / name);
  }
  result.partial.reclaimable = result.partial.size;
  return {};
}

Result<void> measure_containers(const Store& store, DiskUse& result) {
  for (const std::string& id : TRY(entries_of(store.root() / "containers"))) {
    DiskUse::Item item{.name = id.substr(0, 12), .id = id};
    item.size = tree_size(store.container_directory(id), TreeCount::Blocks);
    ++result.containers.total;
    result.containers.size += item.size;
    result.containers.items.push_back(std::move(item));
  }
  return {};
}

}  // namespace

Result<DiskUse> disk_use(const Store& store) {
  DiskUse result;
  const Use use = TRY(read_use(store));
  TRY(measure_layers(store, use, result));
  TRY(measure_blobs(store, use, result));
  TRY(measure_containers(store, result));
  return result;
}

}  // namespace isle::image
