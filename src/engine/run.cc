#include "engine/run.h"

#include "engine/abandoned.h"
#include "engine/volumes.h"
#include "runtime/state/container.h"

namespace isle::engine {
namespace {

monitor::Measure measure_of(options::Explain explain) {
  if (explain == options::Explain::No) return monitor::Measure::No;
  return explain == options::Explain::Json ? monitor::Measure::Json : monitor::Measure::Words;
}

std::expected<RunEnd, RunFailure> run_made(const Paths& paths,
                                           const options::RunRequest& request,
                                           const NewContainer& made,
                                           const RunHooks& hooks) {
  for (const std::string& warning : made.prepared.warnings) hooks.warn(warning);
  if (request.explain == options::Explain::Words) {
    const Result<std::string> plan = explain(paths, made);
    if (!plan) return std::unexpected(RunFailure{.error = plan.error()});
    hooks.explain(*plan);
  }
  return run_session(paths,
                     made.container,
                     {.stay = !request.detach,
                      .input = made.container.process.interactive &&
                               (!request.session.chosen() || request.session.input),
                      .output = !request.session.chosen() || request.session.output,
                      .errors = !request.session.chosen() || request.session.errors,
                      .signals = request.session.signals,
                      .detach_keys = request.session.detach_keys,
                      .preserve_fds = request.preserve_fds,
                      .measure = measure_of(request.explain)},
                     hooks);
}

}  // namespace

std::expected<RunEnd, RunFailure> run(const Paths& paths,
                                      options::RunRequest request,
                                      const RunHooks& hooks) {
  const Result<NewContainer> made = create_requested(paths, request);
  if (!made) return std::unexpected(RunFailure{.error = made.error()});
  std::expected<RunEnd, RunFailure> end = run_made(paths, request, *made, hooks);
  // It never ran: nothing of it stays, with --rm or without; nor does what its monitor had made
  // when that was killed on the way.
  if (!end && !end.error().began) {
    const std::string& id = made->container.id;
    if (runtime::load_state(paths.states(), id)) static_cast<void>(remove_abandoned(paths, id));
    static_cast<void>(remove_with_volumes(paths, made->container));
  }
  return end;
}

}  // namespace isle::engine
