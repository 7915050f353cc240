#include "monitor/launch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "kernel/unix_socket.h"
#include "monitor/ending.h"
#include "monitor/health.h"
#include "monitor/network.h"
#include "monitor/notify.h"
#include "monitor/restart.h"
#include "monitor/wire.h"
#include "record/event.h"
#include "runtime/plan/describe.h"
#include "runtime/state/create.h"

namespace isle::monitor {

namespace {

// Pipes in the place of a terminal; the container's ends close when this goes.
struct Pipes {
  kernel::FdPair input, output, errors;
};

// /dev/stdout can be opened anew only by the pipe's owner: it becomes the command's user. Init,
// which would do so as well, may not when the pipe's present owner is none of its user namespace.
void give_to_user(const kernel::UniqueFd& fd, const oci::Spec& spec) {
  static const std::vector<oci::IdMapping> kNone;
  const std::optional<std::uint32_t> owner = host_id(
      spec.linux_ ? spec.linux_->uid_mappings : kNone, spec.process ? spec.process->user.uid : 0);
  // Refused to an ordinary user: the command then lives without.
  if (owner && *owner != geteuid() && fchown(fd.get(), *owner, static_cast<gid_t>(-1)) != 0) return;
}

Result<Pipes> make_pipes(const MonitorRequest& request, const oci::Spec& spec) {
  Pipes pipes;
  if (request.keep_stdin_open) pipes.input = TRY(kernel::make_pipe());
  pipes.output = TRY(kernel::make_pipe());
  pipes.errors = TRY(kernel::make_pipe());
  for (const kernel::UniqueFd* end :
       {&pipes.input.first, &pipes.output.second, &pipes.errors.second}) {
    if (*end) give_to_user(*end, spec);
  }
  return pipes;
}

runtime::CreateRequest create_request(const MonitorRequest& request, runtime::BundleConfig config) {
  runtime::CreateRequest create;
  create.root = state_root(request);
  create.id = request.id;
  create.bundle = request.container;
  create.spec = std::move(config.spec);
  create.config = std::move(config.text);
  create.no_pivot = request.no_pivot;
  create.preserve_fds = request.preserve_fds;
  create.no_new_keyring = request.no_new_keyring;
  create.pid_file = request.pid_file;
  create.kill_with_parent = true;
  create.measure = request.measure != Measure::No;
  create.default_cgroup_prefix =
      (request.cgroup_parent.empty() ? "/isle" : request.cgroup_parent) + "/";
  return create;
}

Result<void> tell(const MonitorRequest& request,
                  const runtime::CreatedContainer& created,
                  const std::vector<std::string>& warnings,
                  int client) {
  if (client < 0) return {};
  for (const auto* list : {&warnings, &created.warnings}) {
    for (const std::string& warning : *list) {
      TRY(send_text(client, {.type = FrameType::Warning}, warning));
    }
  }
  if (request.measure == Measure::No) return {};
  const std::string plan = request.measure == Measure::Words
                               ? runtime::describe_times(created.plan, created.step_times)
                               : json::write(runtime::plan_json(created.plan, &created.step_times));
  TRY(send_text(client, {.type = FrameType::Plan}, plan));
  return {};
}

// What the supervisor holds: the terminal's master, twice since input and output end apart, or
// our ends of the pipes.
Result<void> take_ends(Charge& charge, runtime::CreatedContainer& created, Pipes& pipes) {
  charge.pid = created.state.pid;
  charge.pidfd = std::move(created.pidfd);
  charge.terminal = static_cast<bool>(created.console);
  if (charge.terminal) {
    charge.input = TRY(kernel::duplicate(created.console.get()));
    charge.outputs[0] = std::move(created.console);
  } else {
    charge.input = std::move(pipes.input.second);
    charge.outputs[0] = std::move(pipes.output.first);
    charge.outputs[1] = std::move(pipes.errors.first);
  }
  return {};
}

// An empty one where it would say nothing.
Result<record::Container> read_record(const MonitorRequest& request) {
  if (!request.with_record) return record::Container{};
  return record::read_container(TRY(kernel::read_file(request.container / "record.json")));
}

oci::StringMap event_attributes(const MonitorRequest& request, const record::Container& container) {
  oci::StringMap attributes = container.labels;
  attributes["name"] = request.name;
  if (!request.image.empty()) attributes["image"] = request.image;
  return attributes;
}

Result<Log> make_log(const MonitorRequest& request, const record::Container& container) {
  return Log(TRY_STEP(make_log_driver(request.container, container), "make the log"));
}

}  // namespace

std::optional<std::uint32_t> host_id(const std::vector<oci::IdMapping>& map, std::uint32_t id) {
  if (map.empty()) return id;
  for (const oci::IdMapping& range : map) {
    if (id >= range.container_id && id - range.container_id < range.size) {
      return range.host_id + (id - range.container_id);
    }
  }
  return std::nullopt;
}

void note_event(const MonitorRequest& request, std::string_view action, oci::StringMap attributes) {
  // ROOT/containers/ID.
  const std::string& path = request.container.str();
  const std::size_t containers = path.rfind('/', path.rfind('/') - 1);
  record::note_event(HostPath(path.substr(0, containers)),
                     {.type = "container",
                      .action = std::string(action),
                      .id = request.id,
                      .attributes = std::move(attributes)});
}

HostPath state_root(const MonitorRequest& request) { return request.run / "containers"; }

Result<LaunchedContainer> launch_container(const MonitorRequest& request, int client) {
  std::vector<std::string> warnings;
  runtime::BundleConfig config = TRY(runtime::read_bundle(request.container, warnings));
  oci::Spec& spec = config.spec;
  const record::Container record = TRY_STEP(read_record(request), "read the container's record");
  std::unique_ptr<Chore> notice = TRY_STEP(offer_ready_socket(request.container, record, spec),
                                           "make the socket by which it says that it is ready");
  Log log = TRY(make_log(request, record));
  Pipes pipes;
  const bool terminal = spec.process && spec.process->terminal;
  if (!terminal) pipes = TRY_STEP(make_pipes(request, spec), "make the container's pipes");
  runtime::CreateRequest create = create_request(request, std::move(config));
  create.wiring = TRY(read_network(request.container));
  // Without a pipe it is the monitor's own, /dev/null.
  if (pipes.input.first) create.stdio[0] = pipes.input.first.get();
  if (pipes.output.second) create.stdio[1] = pipes.output.second.get();
  if (pipes.errors.second) create.stdio[2] = pipes.errors.second.get();
  runtime::CreatedContainer created = TRY(runtime::create_container(std::move(create)));
  LaunchedContainer launched{.charge = {},
                             .state = created.state,
                             .remains = std::move(created.remains),
                             .names = std::move(created.names),
                             .started_ns = realtime_ns()};
  // It is not kept in memory for as long as the container lives.
  launched.remains.spec.reset();
  Result<void> ready = tell(request, created, warnings, client);
  if (ready) ready = take_ends(launched.charge, created, pipes);
  if (ready) {
    Result<kernel::UniqueFd> listener = kernel::listen_at(
        runtime::state_directory(state_root(request), request.id), "attach.sock", SOCK_SEQPACKET);
    if (listener) launched.charge.listener = std::move(*listener);
    if (!listener) {
      ready = std::unexpected(std::move(listener).error().within("make the attach socket"));
    }
  }
  if (!ready) {
    static_cast<void>(clear_away(request, launched));
    return std::unexpected(std::move(ready).error());
  }
  launched.charge.stop_signal = request.stop_signal;
  launched.charge.timeout_seconds = request.timeout_seconds;
  launched.charge.log = std::move(log);
  launched.charge.chores[1] = std::move(notice);
  launched.attributes = event_attributes(request, record);
  note_event(request, "start", launched.attributes);
  if (record.life.health.wanted()) {
    launched.charge.chores[0] = make_health_chore(request, record, launched.attributes);
  }
  // See engine/abandoned.cc. One with --rm leaves nothing that somebody could ask about.
  if (request.clean_up.empty()) {
    static_cast<void>(
        kernel::open_file(running_mark(request.container), O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
  }
  return launched;
}

}  // namespace isle::monitor
