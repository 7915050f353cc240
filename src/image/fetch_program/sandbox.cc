#include "image/fetch_program/sandbox.h"

#include <cerrno>
#include <cstdint>
#include <iterator>

#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/capability.h"
#include "kernel/fd.h"
#include "kernel/seccomp.h"

namespace isle::image {
namespace {

using kernel::SeccompAction;
using kernel::SeccompOperator;
using kernel::SeccompOutcome;

constexpr uid_t kNobody = 65534;

// Look-up of names (resolv.conf, hosts, nsswitch.conf and the libraries it names) and what TLS
// trusts.
constexpr const char* kReadable[] = {"/etc",
                                     "/lib",
                                     "/lib64",
                                     "/usr/lib",
                                     "/usr/lib64",
                                     "/usr/share",
                                     "/usr/local/share/ca-certificates",
                                     "/run/systemd/resolve",
                                     "/run/resolvconf",
                                     "/run/NetworkManager",
                                     "/run/nscd",
                                     "/dev/null",
                                     "/dev/urandom"};

// False: no such id here, as in a user namespace with few of them; the other walls stand.
Result<bool> become_nobody() {
  if (setgroups(0, nullptr) != 0 && errno != EPERM) return fail_call(errno, "setgroups(none)");
  if (setresgid(kNobody, kNobody, kNobody) != 0 || setresuid(kNobody, kNobody, kNobody) != 0) {
    if (errno == EINVAL || errno == EPERM) return false;
    return fail_call(errno, format("setresuid({})", kNobody));
  }
  return true;
}

// While this is still root, who may.
Result<void> empty_bounding_set() {
  const int last = kernel::last_capability().value_or(kernel::kLastKnownCapability);
  for (int number = 0; number <= last; ++number) {
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0 && errno != EPERM) {
      return fail_call(errno, format("prctl(PR_CAPBSET_DROP, {})", number));
    }
  }
  return {};
}

Result<void> drop_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) return fail_call(errno, "capset(none)");
  return {};
}

Result<void> let_read(int ruleset, const char* path) {
  const Result<kernel::UniqueFd> place = kernel::open_file(HostPath(path), O_PATH);
  if (!place) return {};  // what is not there needs no rule
  landlock_path_beneath_attr below{};
  below.parent_fd = place->get();
  const bool file = std::string_view(path).starts_with("/dev/");
  below.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
  if (!file) below.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0) {
    return fail_call(errno, format("landlock_add_rule({})", path));
  }
  return {};
}

// Landlock, Linux 5.13. False: not there, or switched off.
Result<bool> see_little() {
  constexpr std::uint64_t kEverythingOf1 = (std::uint64_t{1} << 13) - 1;
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = kEverythingOf1;
  const long number = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (number < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) return false;
  if (number < 0) return fail_call(errno, "landlock_create_ruleset()");
  const kernel::UniqueFd ruleset(static_cast<int>(number));
  for (const char* path : kReadable) TRY(let_read(ruleset.get(), path));
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return fail_call(errno, "landlock_restrict_self()");
  }
  return true;
}

// Calls that a client of HTTP does not make; threads are made by clone, too, hence the rule before.
// clang-format off
constexpr const char* kRefused[] = {
    "clone", "fork", "vfork", "execve", "execveat", "ptrace", "process_vm_readv",
    "process_vm_writev", "kill", "tkill", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "mount",
    "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsmount", "fspick",
    "mount_setattr", "unshare", "setns", "bpf", "perf_event_open", "open_by_handle_at",
    "name_to_handle_at", "io_uring_setup", "userfaultfd", "keyctl", "add_key", "request_key",
    "init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon", "swapoff",
    "sethostname", "setdomainname", "quotactl", "syslog", "listen", "accept", "accept4",
};
// clang-format on

// Threads it makes, processes it does not; sockets are of the families that names and servers need.
kernel::SeccompFilter filter() {
  const SeccompOutcome allow{.action = SeccompAction::Allow};
  const SeccompOutcome refuse{.action = SeccompAction::Errno, .data = EPERM};
  // The C library then takes clone(2), whose flags a filter can read.
  const SeccompOutcome absent{.action = SeccompAction::Errno, .data = ENOSYS};
  kernel::SeccompFilter filter;
  filter.fallback = allow;
  filter.rules = {{.names = {"clone3"}, .outcome = absent},
                  {.names = {"clone"},
                   .outcome = allow,
                   .conditions = {{.index = 0,
                                   .op = SeccompOperator::MaskedEqual,
                                   .value = CLONE_THREAD,
                                   .value_two = CLONE_THREAD}}},
                  {.names = {std::begin(kRefused), std::end(kRefused)}, .outcome = refuse}};
  for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}) {
    filter.rules.push_back({.names = {"socket"},
                            .outcome = allow,
                            .conditions = {{.index = 0,
                                            .op = SeccompOperator::Equal,
                                            .value = static_cast<std::uint64_t>(family)}}});
  }
  filter.rules.push_back({.names = {"socket"}, .outcome = refuse});
  return filter;
}

Result<void> refuse_calls() {
  kernel::SeccompProgram program = TRY(kernel::compile(filter()));
  const sock_fprog code{.len = static_cast<unsigned short>(program.instructions.size()),
                        .filter = program.instructions.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &code, 0, 0) != 0) {
    return fail_call(errno, "prctl(PR_SET_SECCOMP)");
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> enter_fetch_sandbox() {
  std::vector<std::string> walls;
  TRY(empty_bounding_set());
  if (geteuid() == 0) {
    const bool nobody = TRY(become_nobody());
    if (nobody) walls.emplace_back("user");
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_call(errno, "prctl(no_new_privs)");
  TRY(drop_capabilities());
  walls.emplace_back("capabilities");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail_call(errno, "prctl(dumpable)");
  if (TRY(see_little())) walls.emplace_back("landlock");
  TRY(refuse_calls());
  walls.emplace_back("seccomp");
  return walls;
}

}  // namespace isle::image
