#include "engine/exec.h"

#include <fcntl.h>

#include "base/strings.h"
#include "engine/containers.h"
#include "engine/layered_root.h"
#include "oci/runtime_spec_json.h"
#include "options/passwd.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/relay/console_size.h"
#include "runtime/relay/relay.h"
#include "runtime/state/create.h"

namespace isle::engine {
namespace {

void set_env(oci::Strings& env, const std::string& entry) {
  const std::string_view name = cut(entry, '=').before;
  std::erase_if(env, [name](const std::string& old) { return cut(old, '=').before == name; });
  env.push_back(entry);
}

// Users are looked up in the container's root as it is now, mounts and all.
Result<void> set_user(oci::Process& process, const std::string& user, const std::string& root) {
  if (user.empty()) return {};
  const LayeredRoot files(TRY(kernel::open_file(HostPath(root), O_PATH | O_DIRECTORY)));
  const options::ResolvedUser resolved = TRY(options::resolve_user(
      user, {}, [&files](const std::string& path) { return files.read_file(path); }));
  process.user.uid = resolved.uid;
  process.user.gid = resolved.gid;
  process.user.additional_gids = resolved.groups;
  set_env(process.env, format("HOME={}", resolved.home));
  return {};
}

Result<void> give_all_capabilities(oci::Process& process) {
  const runtime::HostFacts facts = TRY(runtime::gather_facts());
  const oci::Strings names = kernel::capability_names(facts.effective);
  process.capabilities = oci::Capabilities{
      .bounding = names, .effective = names, .inheritable = {}, .permitted = names, .ambient = {}};
  return {};
}

Result<oci::Process> make_process(const Paths& paths,
                                  const Listed& listed,
                                  const ExecOptions& options) {
  const HostPath config = paths.container(listed.container.id) / "config.json";
  oci::ReadSpec read = TRY(oci::read_spec(TRY(kernel::read_file(config))));
  oci::Process process = std::move(read.spec.process).value_or(oci::Process{});
  process.args = options.command;
  process.terminal = options.terminal;
  process.console_size.reset();
  if (!options.workdir.empty()) process.cwd = options.workdir;
  if (options.terminal) set_env(process.env, "TERM=xterm");
  TRY(set_user(process, options.user, format("/proc/{}/root", listed.state->pid.value)));
  for (const std::string& entry : options.env) set_env(process.env, entry);
  if (options.privileged) TRY(give_all_capabilities(process));
  runtime::begin_with_own_size(process);
  return process;
}

Result<runtime::ExecRequest> make_request(const Paths& paths, const ExecOptions& options) {
  const Listed listed = TRY(find_container(paths, options.container));
  if (listed.status != runtime::Status::Running) {
    return fail(ErrorKind::Conflict,
                format("container {} is {}, not running", quoted(options.container), listed.word()),
                "isle ps -a shows its state");
  }
  runtime::ExecRequest request;
  request.root = paths.states();
  request.id = listed.container.id;
  request.process = TRY(make_process(paths, listed, options));
  request.preserve_fds = options.preserve_fds;
  return request;
}

ExecFailure engine_failure(Error error) {
  return {.error = std::move(error), .status = kExitEngine};
}

}  // namespace

std::expected<int, ExecFailure> exec(const Paths& paths, const ExecOptions& options) {
  Result<runtime::ExecRequest> request = make_request(paths, options);
  if (!request) return std::unexpected(engine_failure(std::move(request).error()));
  auto null = kernel::open_file(HostPath("/dev/null"), O_RDWR);
  if (!null) return std::unexpected(engine_failure(null.error()));
  if (!options.interactive || options.detach) request->stdio[0] = null->get();
  if (options.detach) request->stdio[1] = request->stdio[2] = null->get();
  auto process = runtime::exec_in_container(*request);
  if (!process) {
    const int status = monitor::launch_exit_status(process.error());
    return std::unexpected(ExecFailure{.error = std::move(process).error(), .status = status});
  }
  if (options.detach) return 0;
  const auto end = runtime::relay_process(process->pidfd.get(),
                                          process->console.get(),
                                          {.input = options.interactive,
                                           .terminal = options.terminal,
                                           .detach_keys = options.detach_keys});
  if (!end) return std::unexpected(engine_failure(end.error()));
  return end->detached ? 0 : end->exit.status;
}

}  // namespace isle::engine
