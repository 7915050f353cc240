// Another name for a container. The new name is taken first, as a container's first one is, so of
// two that want it one wins; after a crash in between, the record says which of two names is true
// and the other one goes with the container.
#include "base/strings.h"
#include "engine/containers.h"

namespace isle::engine {

Result<void> rename_container(const Paths& paths, std::string_view name, std::string_view to) {
  TRY(record::check_name(to));
  const Database database(paths);
  record::Container container = TRY(database.find(name));
  if (container.name == to) {
    return fail(ErrorKind::Conflict, format("container {} has that name", quoted(name)));
  }
  return database.rename(container, std::string(to));
}

}  // namespace isle::engine
