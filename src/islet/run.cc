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

Result<int> wait_in_foreground(const runtime::CreatedContainer& created) {
  const int console = created.console ? created.console.get() : -1;
  const runtime::RelayEnd end = TRY(runtime::relay_process(
      created.pidfd.get(), console, {.input = true, .terminal = console >= 0, .detach_keys = ""}));
  // The caller's terminal has been hung up, and with us goes the container's.
  if (end.detached) return 128 + SIGHUP;
  return end.exit.status;
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const bool detach = arguments.on("detach");
  Creation creation = TRY(read_creation(globals, arguments, detach));
  if (detach) {
    TRY(create(globals, std::move(creation)));
    return 0;
  }
  if (creation.request.spec->process) {
    runtime::begin_with_own_size(*creation.request.spec->process);
  }
  // What arrives while the container is made waits for it.
  const kernel::SignalFd held = TRY(kernel::SignalFd::create(kernel::forwardable_signals()));
  if (!arguments.on("no-subreaper")) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const HostPath root = creation.request.root;
  const runtime::CreatedContainer created = TRY(create(globals, std::move(creation)));
  Result<int> status = wait_in_foreground(created);
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
