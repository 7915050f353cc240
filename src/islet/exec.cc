// exec: one more process in a running container.

#include <csignal>

#include "islet/console_socket.h"
#include "islet/create_options.h"
#include "islet/exec_process.h"
#include "kernel/process.h"
#include "kernel/signal_fd.h"
#include "runtime/relay/console_size.h"
#include "runtime/relay/relay.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    {.name = "process",
     .letter = 'p',
     .value = "FILE",
     .help = "the process as the specification's JSON, instead of a command"},
    {.name = "cwd", .value = "DIR", .help = "working directory in the container"},
    {.name = "env",
     .letter = 'e',
     .value = "NAME=VALUE",
     .help = "one more variable; may be repeated"},
    {.name = "tty", .letter = 't', .help = "give it a terminal of its own"},
    {.name = "user", .letter = 'u', .value = "UID[:GID]", .help = "as whom, in numbers"},
    {.name = "additional-gids",
     .letter = 'g',
     .value = "GID",
     .help = "one more group, in numbers; may be repeated"},
    {.name = "detach", .letter = 'd', .help = "return once it runs"},
    kPidFileOption,
    kConsoleSocketOption,
    {.name = "no-new-privs", .help = "no program may raise its privileges"},
    {.name = "cap", .letter = 'c', .value = "CAP", .help = "one more capability; may be repeated"},
    {.name = "process-label", .value = "LABEL", .help = "SELinux label"},
    {.name = "apparmor", .value = "PROFILE", .help = "AppArmor profile"},
    kPreserveFdsOption,
    kPidfdSocketOption,
    {.name = "cgroup",
     .value = "[CONTROLLER:]PATH",
     .help = "join a group below the container's own; may be repeated"},
    {.name = "ignore-paused",
     .help = "also in a paused container, where it starts once that is resumed"},
    {.name = "no-subreaper", .help = "for callers of runc: exec never adopts orphans"},
};

Result<runtime::ExecRequest> read_request(const Globals& globals, const Arguments& arguments) {
  runtime::ExecRequest request{
      .root = TRY(globals.root()), .id = arguments.words()[0], .process = {}};
  // Says that there is no such container, before anything about its files.
  TRY(runtime::load_state(request.root, request.id));
  const oci::Spec spec = TRY(runtime::load_config(request.root, request.id));
  request.process = TRY(read_exec_process(spec.process.value_or(oci::Process{}), arguments));
  request.preserve_fds = TRY(arguments.number("preserve-fds"));
  request.ignore_paused = arguments.on("ignore-paused");
  request.sub_groups = TRY(read_sub_groups(arguments.all("cgroup")));
  if (const auto file = arguments.text("pid-file")) request.pid_file = TRY(absolute(*file));
  TRY(check_console(request.process.terminal,
                    arguments.on("detach"),
                    arguments.text("console-socket").has_value()));
  return request;
}

Result<void> send_off(const Arguments& arguments, const runtime::ExecutedProcess& executed) {
  if (const auto socket = arguments.text("pidfd-socket")) {
    TRY(send_pidfd(TRY(absolute(*socket)), "setns", executed.pidfd.get()));
  }
  if (const auto socket = arguments.text("console-socket")) {
    TRY(send_console(TRY(absolute(*socket)), executed.console.get()));
  }
  return {};
}

Result<runtime::ExecutedProcess> start(const Globals& globals, const Arguments& arguments) {
  runtime::ExecRequest request = TRY(read_request(globals, arguments));
  if (!arguments.on("detach")) runtime::begin_with_own_size(request.process);
  runtime::ExecutedProcess executed = TRY(runtime::exec_in_container(request));
  for (const std::string& warning : executed.warnings) globals.log.write(Level::Warning, warning);
  Result<void> sent = send_off(arguments, executed);
  if (!sent) {
    static_cast<void>(kernel::send_signal(executed.pidfd.get(), SIGKILL));
    return std::unexpected(std::move(sent).error());
  }
  return executed;
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  if (arguments.on("detach")) {
    TRY(start(globals, arguments));
    return 0;
  }
  const kernel::SignalFd held = TRY(kernel::SignalFd::create(kernel::forwardable_signals()));
  const runtime::ExecutedProcess executed = TRY(start(globals, arguments));
  const int console = executed.console ? executed.console.get() : -1;
  const runtime::RelayEnd end = TRY(runtime::relay_process(
      executed.pidfd.get(), console, {.input = true, .terminal = console >= 0, .detach_keys = ""}));
  // Our terminal has been hung up; the process notices as its own goes with us.
  if (end.detached) return 128 + SIGHUP;
  return end.exit.status;
}

}  // namespace

const Verb kExec{.name = "exec",
                 .words = "ID COMMAND [ARGUMENT...]",
                 .summary = "run one more process in a container",
                 .options = kOptions,
                 .order = Order::InFront,
                 .least_words = 1,
                 .most_words = 1U << 20,
                 .run = run,
                 .failure_status = 255};

}  // namespace isle::islet
