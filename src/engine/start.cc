#include "engine/start.h"

#include <ctime>

#include "engine/attach.h"
#include "engine/containers.h"
#include "engine/held.h"

namespace isle::engine {
namespace {

RunFailure failure(Error error) { return {.error = std::move(error)}; }

std::expected<RunEnd, RunFailure> begin(const Paths& paths,
                                        const record::Container& container,
                                        const StartOptions& options,
                                        const RunHooks& hooks) {
  let_go(paths, container.id);
  return run_session(paths,
                     container,
                     {.stay = options.attach,
                      .input = options.interactive && container.process.interactive,
                      .signals = options.signals,
                      .detach_keys = options.detach_keys},
                     hooks);
}

std::expected<RunEnd, RunFailure> join(const Paths& paths,
                                       const record::Container& container,
                                       const StartOptions& options,
                                       const RunHooks& hooks) {
  if (!options.attach) return RunEnd{.id = container.id, .status = 0, .detached = true};
  return attach(paths,
                container.id,
                {.input = options.interactive,
                 .signals = options.signals,
                 .detach_keys = options.detach_keys},
                hooks);
}

// Somebody else is starting it this moment.
bool is_being_made(const Listed& listed) {
  return listed.status == runtime::Status::Creating || listed.status == runtime::Status::Created;
}

void pause_a_little() {
  const timespec pause{.tv_sec = 0, .tv_nsec = 5'000'000};
  nanosleep(&pause, nullptr);
}

// Of those who start it at once one makes it, the others wait for that one.
constexpr int kTries = 2000;

}  // namespace

std::expected<RunEnd, RunFailure> start(const Paths& paths,
                                        std::string_view name,
                                        const StartOptions& options,
                                        const RunHooks& hooks) {
  for (int tries = 0;; ++tries) {
    const Result<Listed> listed = find_container(paths, name);
    if (!listed) return std::unexpected(failure(listed.error()));
    const record::Container& container = listed->container;
    if (listed->running() || (listed->restarting && !options.attach))
      return join(paths, container, options, hooks);
    if (is_being_made(*listed) && tries < kTries) {
      pause_a_little();
      continue;
    }
    if (const Result<void> settled = settle(paths, *listed); !settled) {
      return std::unexpected(failure(settled.error()));
    }
    auto end = begin(paths, container, options, hooks);
    const bool lost = !end && end.error().error.kind == ErrorKind::Conflict;
    if (!lost || tries >= kTries) return end;
  }
}

}  // namespace isle::engine
