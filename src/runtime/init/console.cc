// The container's terminal: a pty of its own devpts, so that ttyname(3) works inside. The slave is
// opened through the master (TIOCGPTPEER, Linux 4.13), never by a name that could be swapped, and
// bound onto /dev/console by descriptor.

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include "runtime/init/state.h"

namespace isle::runtime::init {

namespace {

constexpr unsigned kAtEmptyPath = 0x1000;
constexpr int kInvalid = 22;

long open_master(State& state) {
  open_how how{};
  how.flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  const long base = state.root_fd >= 0 ? state.root_fd : AT_FDCWD;
  if (state.root_fd < 0) how.resolve = 0;  // exec: the root is the container's already
  const long fd = traced(state,
                         "openat2",
                         SYS_openat2,
                         base,
                         word(state.root_fd >= 0 ? "dev/pts/ptmx" : "/dev/pts/ptmx"),
                         word(&how),
                         sizeof how);
  if (fd < 0) return fd;
  struct statfs info{};
  const long result = traced(state, "fstatfs", SYS_fstatfs, fd, word(&info));
  if (result < 0) return result;
  if (info.f_type != DEVPTS_SUPER_MAGIC) {
    set_text(state, "/dev/pts/ptmx is not on a devpts file system");
    return -kInvalid;
  }
  return fd;
}

long open_slave(State& state, long master, const Console& console) {
  int unlock = 0;
  long result = traced(state, "ioctl", SYS_ioctl, master, TIOCSPTLCK, word(&unlock));
  if (result < 0) return result;
  const long slave =
      traced(state, "ioctl", SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return slave;
  if (console.height != 0 || console.width != 0) {
    winsize size{.ws_row = console.height, .ws_col = console.width, .ws_xpixel = 0, .ws_ypixel = 0};
    result = traced(state, "ioctl", SYS_ioctl, slave, TIOCSWINSZ, word(&size));
    if (result < 0) return result;
  }
  if (console.owner != 0) {
    result = traced(state, "fchown", SYS_fchown, slave, console.owner, word(-1L));
    if (result < 0) return result;
  }
  return slave;
}

long bind_dev_console(State& state, long slave) {
  const Target target{
      .path = "/dev/console", .kind = TargetKind::File, .refuse_symlinks = true, .mode = 0600};
  const long place = open_target(state, target);
  if (place < 0) return place;
  const long tree = traced(state,
                           "open_tree",
                           SYS_open_tree,
                           slave,
                           word(""),
                           OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | kAtEmptyPath);
  if (tree < 0) return tree;
  const long result = traced(state,
                             "move_mount",
                             SYS_move_mount,
                             tree,
                             word(""),
                             place,
                             word(""),
                             MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
  kernel::raw::call(SYS_close, word(tree));
  kernel::raw::call(SYS_close, word(place));
  return result;
}

}  // namespace

long open_console(State& state, const Console& console) {
  const long master = open_master(state);
  if (master < 0) return master;
  const long slave = open_slave(state, master, console);
  if (slave < 0) return slave;
  long result = console.bind_dev_console ? bind_dev_console(state, slave) : 0;
  if (result >= 0) result = traced(state, "ioctl", SYS_ioctl, slave, TIOCSCTTY, 0);
  for (long number = 0; number <= 2 && result >= 0; ++number) {
    result = traced(state, "dup3", SYS_dup3, slave, number, 0);
  }
  if (result < 0) return result;
  Report record{};
  record.kind = ReportKind::Console;
  result = report(state, record, static_cast<int>(master));
  kernel::raw::call(SYS_close, word(slave));
  kernel::raw::call(SYS_close, word(master));
  return result;
}

// A command that runs as another user may reopen /dev/stdout: pipes and sockets that it was given
// become its own (a terminal does when it is opened). Devices such as /dev/null belong to the host
// and stay as they are.
long own_stdio(State& state, const Owner& owner) {
  for (long number = 0; number <= 2; ++number) {
    struct stat info{};
    if (traced(state, "fstat", SYS_fstat, number, word(&info)) < 0) continue;
    const bool ours = S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode);
    if (!ours || (info.st_uid == owner.user && info.st_gid == owner.group)) continue;
    // Refused on read-only or foreign file systems: the command then lives without.
    traced(state, "fchown", SYS_fchown, number, owner.user, owner.group);
  }
  return 0;
}

}  // namespace isle::runtime::init
