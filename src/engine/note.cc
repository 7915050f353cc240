#include "engine/note.h"

#include "record/event.h"

namespace isle::engine {

void note(const Paths& paths,
          const record::Container& container,
          std::string_view action,
          oci::StringMap more) {
  more.insert(container.labels.begin(), container.labels.end());
  more["name"] = container.name;
  if (!container.storage.root.image.empty()) more["image"] = container.storage.root.image;
  record::note_event(paths.store.root(),
                     {.type = "container",
                      .action = std::string(action),
                      .id = container.id,
                      .attributes = std::move(more)});
}

}  // namespace isle::engine
