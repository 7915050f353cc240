// Pausing and going on, by the freezer.
#include "base/strings.h"
#include "engine/containers.h"
#include "runtime/state/create.h"

namespace isle::engine {

Result<void> pause_container(const Paths& paths, std::string_view name) {
  const Listed listed = TRY(find_running(paths, name));
  if (listed.status == runtime::Status::Paused) {
    return fail(ErrorKind::Conflict,
                format("container {} is paused already", quoted(name)),
                format("isle unpause {} lets it go on", name));
  }
  return runtime::pause_container(paths.states(), listed.container.id);
}

Result<void> unpause_container(const Paths& paths, std::string_view name) {
  const Listed listed = TRY(find_running(paths, name));
  if (listed.status != runtime::Status::Paused) {
    return fail(ErrorKind::Conflict, format("container {} is not paused", quoted(name)));
  }
  return runtime::resume_container(paths.states(), listed.container.id);
}

}  // namespace isle::engine
