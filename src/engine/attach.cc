#include "engine/attach.h"

#include "base/strings.h"
#include "engine/containers.h"
#include "monitor/client.h"

namespace isle::engine {
namespace {

Result<Listed> find_attachable(const Paths& paths, std::string_view name) {
  Listed listed = TRY(find_container(paths, name));
  if (listed.status == runtime::Status::Running) return listed;
  return fail(ErrorKind::Conflict,
              format("container {} is {}, not running", quoted(name), listed.word()),
              listed.running() ? format("let it go on first: isle unpause {}", name)
                               : format("isle start -a {} starts it and attaches", name));
}

Result<RunEnd> join(const Paths& paths,
                    std::string_view name,
                    const AttachOptions& options,
                    const RunHooks& hooks) {
  const Listed listed = TRY(find_attachable(paths, name));
  const record::Process& process = listed.container.process;
  monitor::MonitorConnection connection =
      TRY(monitor::connect_monitor(paths.run, listed.container.id));
  auto started = monitor::await_started(connection);
  if (!started) return std::unexpected(std::move(started).error().error);
  const monitor::AttachEnd end = TRY(monitor::attach(connection,
                                                     {.input = options.input && process.interactive,
                                                      .terminal = process.terminal,
                                                      .signals = options.signals,
                                                      .detach_keys = options.detach_keys}));
  RunEnd result{.id = listed.container.id, .status = 0, .detached = !end.exit};
  if (!end.exit) return result;
  result.status = end.exit->status;
  if (end.exit->oom_killed) hooks.warn(monitor::oom_words(*end.exit));
  return result;
}

}  // namespace

std::expected<RunEnd, RunFailure> attach(const Paths& paths,
                                         std::string_view name,
                                         const AttachOptions& options,
                                         const RunHooks& hooks) {
  Result<RunEnd> end = join(paths, name, options, hooks);
  if (!end) return std::unexpected(RunFailure{.error = std::move(end).error()});
  return std::move(*end);
}

}  // namespace isle::engine
