// run: create and start in one, and in the foreground wait for the end. The caller's terminal is
// relayed to the container's; without one, the command has the caller's descriptors themselves
// and only signals are passed on.

#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "islet/create_options.h"
#include "kernel/signal_fd.h"
#include "runtime/relay/console_size.h"
#include "runtime/relay/relay.h"
#include "runtime/state/notify.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    kBundleOption,
    kConfigOption,
    kConsoleSocketOption,
    kPidfdSocketOption,
    kPidFileOption,
    kNoPivotOption,
    kNoNewKeyringOption,
    kPreserveFdsOption,
    {.name = "detach", .letter = 'd', .help = "return once the command runs"},
    {.name = "keep", .help = "leave the stopped container, for delete"},
    {.name = "no-subreaper",
     .help = "leave processes that the container orphans to the host's init"},
};

// Only where the container has the caller's PID namespace do its orphans come to us.
void reap_orphans() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

// A container, and the way by which its command says that it is ready, if anybody wants to hear.
struct Running {
  runtime::CreatedContainer container;
  std::optional<runtime::Notifier> notifier;
};

// The socket is there before the command can look for it.
Result<Running> create_and_start(const Globals& globals, Creation creation) {
  const HostPath root = creation.request.root;
  const std::string id = creation.request.id;
  const bool notifies = !creation.request.own_directory.empty();
  creation.request.wait_for_start = notifies;
  Running running{.container = TRY(create(globals, std::move(creation))), .notifier = {}};
  if (!notifies) return running;
  const auto start = [&]() -> Result<void> {
    running.notifier = TRY(runtime::Notifier::open(root, id));
    return runtime::start_container(root, id);
  };
  if (Result<void> started = start(); !started) {
    static_cast<void>(
        runtime::delete_own_container(root, running.container.state, running.container.remains));
    return std::unexpected(std::move(started).error());
  }
  return running;
}

Result<int> wait_in_foreground(const Log& log,
                               const runtime::CreatedContainer& created,
                               std::optional<runtime::Notifier>& notifier) {
  const int console = created.console ? created.console.get() : -1;
  runtime::RelayOptions options{.input = true, .terminal = console >= 0, .detach_keys = ""};
  if (notifier) {
    options.side_fd = notifier->fd();
    options.on_side = [&] {
      const Result<bool> told = notifier->take({getpid()});
      if (!told) log.write(Level::Warning, told.error().describe());
    };
  }
  const runtime::RelayEnd end = TRY(runtime::relay_process(created.pidfd.get(), console, options));
  // The caller's terminal has been hung up, and with us goes the container's.
  if (end.detached) return 128 + SIGHUP;
  return end.exit.status;
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const bool detach = arguments.on("detach");
  Creation creation = TRY(read_creation(globals, arguments, detach));
  if (detach) {
    Running running = TRY(create_and_start(globals, std::move(creation)));
    if (!running.notifier) return 0;
    const Result<void> told =
        running.notifier->wait(running.container.pidfd.get(), running.container.state.pid);
    if (!told) globals.log.write(Level::Warning, told.error().describe());
    return 0;
  }
  if (creation.request.spec->process) {
    runtime::begin_with_own_size(*creation.request.spec->process);
  }
  // What arrives while the container is made waits for it.
  const kernel::SignalFd held = TRY(kernel::SignalFd::create(kernel::forwardable_signals()));
  if (!arguments.on("no-subreaper")) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const HostPath root = creation.request.root;
  Running running = TRY(create_and_start(globals, std::move(creation)));
  const runtime::CreatedContainer& created = running.container;
  Result<int> status = wait_in_foreground(globals.log, created, running.notifier);
  if (!arguments.on("keep")) {
    TRY(runtime::delete_own_container(root, created.state, created.remains));
  } else if (runtime::is_alive(created.state)) {
    TRY(runtime::kill_container(root, created.state.id, SIGKILL, true));
  }
  reap_orphans();
  // Nothing is left to do but to give back the memory of plan and specification, piece by piece:
  // the kernel takes all of it at once.
  if (status) _exit(*status);
  return status;
}

}  // namespace

const Verb kRun{.name = "run",
                .words = "ID",
                .summary = "make a container and run its command to the end",
                .options = kOptions,
                .least_words = 1,
                .most_words = 1,
                .run = run};

}  // namespace isle::islet
