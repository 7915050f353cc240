// Step 6: root inside is who started it outside.
//
// unshare(2) moves the caller, and for PID its children: so the child that is forked after it is in
// all of them. Run it as root, or as anybody: 6_user COMMAND [ARGUMENT...]
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/strings.h"
#include "kernel/fork.h"
#include "kernel/namespace.h"
#include "kernel/process.h"

namespace {

using namespace isle;
using kernel::NamespaceKind;

[[maybe_unused]] void must(int result, const char* what) {
  if (result == 0) return;
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

[[noreturn]] void inside(char** command) {
  must(sethostname("box", 3), "sethostname");
  // A copy of a shared mount is shared: without this the host's /proc would be covered, too.
  must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make / private");
  must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, nullptr), "mount /proc");
  execvp(command[0], command);
  std::perror(command[0]);
  _exit(127);
}

Result<int> run(char** command) {
  std::uint64_t flags = 0;
  for (const NamespaceKind kind : {NamespaceKind::Uts,
                                   NamespaceKind::Ipc,
                                   NamespaceKind::Pid,
                                   NamespaceKind::Mnt,
                                   NamespaceKind::User}) {
    flags |= kernel::facts_of(kind).bit;
  }
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  TRY(kernel::unshare_namespaces(flags));
  // One id is mapped; a group only where setgroups is denied (user_namespaces(7)).
  TRY(kernel::write_existing(HostPath("/proc/self/setgroups"), "deny"));
  TRY(kernel::write_existing(HostPath("/proc/self/uid_map"), format("0 {} 1", uid)));
  TRY(kernel::write_existing(HostPath("/proc/self/gid_map"), format("0 {} 1", gid)));
  const kernel::ForkedChild child = TRY(kernel::fork_child(true));
  if (child.inside) inside(command);
  return TRY(kernel::wait_for(child.pidfd.get())).status;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: %s COMMAND [ARGUMENT...]\n", words[0]);
    return 2;
  }
  const auto status = run(words + 1);
  if (status) return *status;
  print_error("step", status.error());
  return 1;
}
