// Init: the process between clone and exec. An interpreter over prepared steps, small enough to be
// read at one sitting: no heap, no locks, no exceptions, no C++ objects with clean-up.

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/stat.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "runtime/init/state.h"

namespace isle::runtime::init {

namespace {

constexpr int kNoEntry = 2;
constexpr int kInterrupted = 4;
constexpr int kDenied = 13;
constexpr int kNotDirectory = 20;
constexpr int kExecFailed = 127;

long system_call(State& state, const Step& step) {
  const std::uint64_t* a = step.call.arguments;
  state.call = "";  // the plan's text names it
  return kernel::raw::call(step.call.number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

// pivot_root(".", "."): the old root ends up under the new one's "." and is detached from there, so
// that no directory is needed for it (pivot_root(2), NOTES).
long pivot_root(State& state) {
  long result = traced(state, "pivot_root", SYS_pivot_root, word("."), word("."));
  constexpr int kDetach = 2;
  if (result >= 0) result = traced(state, "umount2", SYS_umount2, word("."), kDetach);
  if (result >= 0) result = traced(state, "chdir", SYS_chdir, word("/"));
  return result;
}

long change_root(State& state, int root) {
  long result = 0;
  if (root >= 0) result = traced(state, "fchdir", SYS_fchdir, root);
  if (result >= 0) result = traced(state, "chroot", SYS_chroot, word("."));
  if (result >= 0) result = traced(state, "chdir", SYS_chdir, word("/"));
  if (result >= 0 && root >= 0) state.root_fd = root;
  return result;
}

long write_proc(State& state, const Text& text) {
  const long fd = traced(
      state, "openat", SYS_openat, state.program->proc_fd, word(text.path), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return fd;
  const long result = traced(state, "write", SYS_write, fd, word(text.value), text.length);
  kernel::raw::call(SYS_close, word(fd));
  return result;
}

// The kernel makes "lo" with each network namespace, but leaves it down (netdevice(7)).
long loopback_up(State& state) {
  const long fd = traced(state, "socket", SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const long result = traced(state, "ioctl", SYS_ioctl, fd, SIOCSIFFLAGS, word(&request));
  kernel::raw::call(SYS_close, word(fd));
  return result;
}

long bound_capabilities(State& state, const Capabilities& capabilities) {
  for (unsigned i = 0; i <= capabilities.last; ++i) {
    if ((capabilities.mask >> i & 1U) != 0) continue;
    const long result = traced(state, "prctl", SYS_prctl, PR_CAPBSET_DROP, i, 0, 0, 0);
    if (result < 0) return result;
  }
  return 0;
}

long ambient_capabilities(State& state, const Capabilities& capabilities) {
  for (unsigned i = 0; i <= capabilities.last; ++i) {
    if ((capabilities.mask >> i & 1U) == 0) continue;
    const long result =
        traced(state, "prctl", SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
    if (result < 0) return result;
  }
  return 0;
}

// A working directory outside the container's root would be a way out: the kernel then answers
// getcwd(2) with a path that does not start with a slash.
long enter_directory(State& state, const char* path) {
  long result = traced(state, "chdir", SYS_chdir, word(path));
  if (result < 0) return result;
  char place[4096];
  place[0] = 0;
  result = traced(state, "getcwd", SYS_getcwd, word(place), sizeof place);
  if (result < 0) return result;
  if (place[0] == '/') return 0;
  set_text(state, "the directory is outside the container");
  return -kNoEntry;
}

// The group's directory must not stay open: others may look at this process before its exec.
long join_groups(State& state, const Doors& doors) {
  for (unsigned i = 0; i < doors.count; ++i) {
    const Door& door = doors.list[i];
    const long result = traced(state, "write", SYS_write, door.tasks, word("0"), 1);
    if (result < 0) {
      set_text(state, door.controllers);
      return result;
    }
    kernel::raw::call(SYS_close, word(long{door.tasks}));
  }
  return 0;
}

// What is kept is close-on-exec, and a socket: no way to a file.
long close_inherited(State& state, const Closing& closing) {
  unsigned kept[2] = {static_cast<unsigned>(state.report_fd),
                      static_cast<unsigned>(closing.listener)};  // -1 is the largest
  if (kept[0] > kept[1]) {
    const unsigned larger = kept[0];
    kept[0] = kept[1];
    kept[1] = larger;
  }
  unsigned from = closing.first;
  for (const unsigned fd : kept) {
    if (fd < from || fd == ~0U) continue;
    if (fd > from) {
      const long result = traced(state, "close_range", SYS_close_range, from, fd - 1, 0);
      if (result < 0) return result;
    }
    from = fd + 1;
  }
  return traced(state, "close_range", SYS_close_range, from, ~0U, 0);
}

// `create` ends here; `start` connects and learns of a failing exec on its connection.
long await_start(State& state, int listener) {
  Report ready{};
  ready.kind = ReportKind::Reached;
  ready.barrier = Barrier::ReadyToExec;
  if (const long result = report(state, ready, -1); result < 0) return result;
  long connection = -kInterrupted;
  while (connection == -kInterrupted) {
    connection = traced(state, "accept4", SYS_accept4, listener, 0, 0, SOCK_CLOEXEC);
  }
  if (connection < 0) return connection;
  kernel::raw::call(SYS_close, word(long{state.report_fd}));
  kernel::raw::call(SYS_close, word(long{listener}));
  state.report_fd = static_cast<int>(connection);
  return 0;
}

// What execve(2) would say of one path, as far as that can be known without it.
long executable(State& state, const char* path) {
  constexpr int kExecutable = 1;
  constexpr auto kHere = static_cast<kernel::raw::Word>(AT_FDCWD);
  long result = traced(state, "faccessat", SYS_faccessat, kHere, word(path), kExecutable);
  if (result < 0) return result;
  struct statx info{};
  result = traced(state, "statx", SYS_statx, kHere, word(path), 0, STATX_TYPE, word(&info));
  if (result < 0) return result;
  constexpr unsigned kTypeMask = 0170000;
  constexpr unsigned kRegular = 0100000;
  if ((info.stx_mode & kTypeMask) == kRegular) return 0;
  state.call = "";  // the plan's text names it
  return -kDenied;
}

// As whom the command will run; what execve finds out besides (a missing loader) it still says.
long find_command(State& state, const Command& command) {
  long error = -kNoEntry;
  for (const char* const* path = command.candidates; *path != nullptr; ++path) {
    const long result = executable(state, *path);
    if (result == 0) return 0;
    if (result == -kNoEntry || result == -kNotDirectory) continue;
    error = result;
    if (result != -kDenied) break;
  }
  return error;
}

long execute(State& state, const Command& command) {
  long error = -kNoEntry;
  for (const char* const* path = command.candidates; *path != nullptr; ++path) {
    const long result = traced(state,
                               "execve",
                               SYS_execve,
                               word(*path),
                               word(static_cast<const void*>(command.arguments)),
                               word(static_cast<const void*>(command.environment)));
    if (result == -kNoEntry || result == -kNotDirectory) {
      const long there = kernel::raw::call(
          SYS_faccessat, static_cast<kernel::raw::Word>(AT_FDCWD), word(*path), 0);
      if (there == 0) set_text(state, "interpreter");
      continue;
    }
    error = result;
    if (result != -kDenied) break;
  }
  state.call = "execve";
  return error;
}

long notify(State& state, Barrier barrier) {
  Report record{};
  record.kind = ReportKind::Reached;
  record.barrier = barrier;
  return report(state, record, -1);
}

long perform_late(State& state, const Step& step) {
  switch (step.code) {
    case Code::PivotRoot: return pivot_root(state);
    case Code::ChangeRoot: return change_root(state, step.fd);
    case Code::WriteProc: return write_proc(state, step.text);
    case Code::LoopbackUp: return loopback_up(state);
    case Code::BoundCapabilities: return bound_capabilities(state, step.capabilities);
    case Code::AmbientCapabilities: return ambient_capabilities(state, step.capabilities);
    case Code::EnterDirectory: return enter_directory(state, step.text.path);
    case Code::FindCommand: return find_command(state, step.command);
    case Code::CloseInherited: return close_inherited(state, step.close);
    case Code::InstallListener: return install_listener(state, step.call);
    case Code::JoinGroups: return join_groups(state, step.doors);
    case Code::AwaitStart: return await_start(state, step.fd);
    case Code::Exec: return execute(state, step.command);
    case Code::OpenConsole: return open_console(state, step.console);
    case Code::OwnStdio: return own_stdio(state, step.owner);
    default: return -kNoEntry;
  }
}

long perform(State& state, const Step& step) {
  switch (step.code) {
    case Code::Call: return system_call(state, step);
    case Code::Notify: return notify(state, step.barrier);
    case Code::Await: return await_barrier(state, step.barrier);
    case Code::SetRoot: return set_root(state, step.root);
    case Code::MountFs: return mount_fs(state, step.mount);
    case Code::BindMount: return bind_mount(state, step.mount);
    case Code::SetAttr: return set_attr(state, step.mount);
    case Code::MakeNode: return make_node(state, step.node);
    case Code::MakeLink: return make_link(state, step.text);
    case Code::MakeDirectory: return make_directory(state, step.target);
    case Code::Mask: return mask(state, step.target);
    case Code::ReadonlyPath: return readonly_path(state, step.target);
    default: return perform_late(state, step);
  }
}

void note_time(const Program& program, std::uint32_t index) {
  if (program.times == nullptr) return;
  std::int64_t now[2] = {};
  // Not the monotonic clock: a time namespace shifts that one on the way.
  kernel::raw::call(SYS_clock_gettime, 0, word(now));
  program.times[index] = now[0] * 1'000'000'000 + now[1];
}

}  // namespace

void run(const Program& program) {
  State state{.program = &program,
              .report_fd = program.report_fd,
              .root_fd = -1,
              .null_fd = -1,
              .mask_tree_fd = -1,
              .call = "",
              .text = {}};
  if (program.parent_fd >= 0) kernel::raw::call(SYS_close, word(long{program.parent_fd}));
  for (unsigned i = 0; i < program.count; ++i) {
    const Step& step = program.steps[i];
    *program.progress = step.index;
    if (step.code == Code::Exec) note_time(program, step.index);
    state.text[0] = '\0';
    const long result = perform(state, step);
    if (result < 0 && result != -step.tolerated) {
      report_failure(state, step, static_cast<int>(-result));
      break;
    }
    note_time(program, step.index);
  }
  for (;;) kernel::raw::call(SYS_exit_group, kExecFailed);
}

}  // namespace isle::runtime::init
