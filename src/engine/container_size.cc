#include "engine/container_size.h"

#include <algorithm>

#include "engine/container_tree.h"
#include "image/disk_use.h"
#include "image/layer/layer_store.h"
#include "image/use.h"

namespace isle::engine {

Result<ContainerSize> size_of(const Paths& paths, const record::Container& container) {
  const ContainerTree tree = TRY(tree_of(paths, container));
  std::int64_t image = 0;
  if (container.storage.root.directory.empty()) {
    for (const std::string& name :
         TRY(image::read_container_image(paths.store, container.id)).layers) {
      const auto note = image::read_layer_note(paths.store, name);
      if (note) image += note->bytes;
    }
  }
  if (!tree.whole.empty()) {
    const std::int64_t whole = image::tree_size(tree.whole, image::TreeCount::Content);
    return ContainerSize{.own = std::max<std::int64_t>(0, whole - image), .whole = whole};
  }
  if (tree.upper.empty()) return ContainerSize{};
  const std::int64_t own = image::tree_size(tree.upper, image::TreeCount::Content);
  return ContainerSize{.own = own, .whole = own + image};
}

}  // namespace isle::engine
