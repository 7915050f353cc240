#include "image/unpack_program/sandbox.h"

#include <cerrno>
#include <cstddef>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/capability.h"

namespace isle::image {
namespace {

using kernel::CapabilitySet;

// chown, modes and attributes of other people's files, setuid bits kept across writes, devices,
// file capabilities; SYS_ADMIN for "trusted." attributes alone (the seccomp filter takes the rest
// of its powers).
constexpr CapabilitySet kKept = CapabilitySet::of(CAP_CHOWN) | CapabilitySet::of(CAP_DAC_OVERRIDE) |
                                CapabilitySet::of(CAP_FOWNER) | CapabilitySet::of(CAP_FSETID) |
                                CapabilitySet::of(CAP_MKNOD) | CapabilitySet::of(CAP_SETFCAP) |
                                CapabilitySet::of(CAP_SYS_ADMIN);

// Mounts of our own. False: the kernel does not let us; the other walls stand.
Result<bool> unshare_mounts() {
  if (unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS) != 0) {
    if (errno == EPERM) return false;
    return fail_call(errno, "unshare(mount, ipc, uts)");
  }
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return fail_call(errno, "mount(/, private)");
  }
  return true;
}

// What is mounted at `target` becomes all there is.
Result<void> pivot_to(const HostPath& target) {
  if (chdir(target.c_str()) != 0) return fail_call(errno, format("chdir({})", target.str()));
  // "." over ".": the old root comes to lie on top and is taken off (pivot_root(2), NOTES).
  if (syscall(SYS_pivot_root, ".", ".") != 0) return fail_call(errno, "pivot_root(., .)");
  if (umount2(".", MNT_DETACH) != 0) return fail_call(errno, "umount2(old root)");
  if (chdir("/") != 0) return fail_call(errno, "chdir(/)");
  return {};
}

Result<bool> leave_the_hosts_tree(const HostPath& target) {
  if (!TRY(unshare_mounts())) return false;
  if (mount(target.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return fail_call(errno, format("mount({}, bind)", target.str()));
  }
  // Nothing in there is ever run or opened as a device from here.
  constexpr unsigned long kLocked = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount(nullptr, target.c_str(), nullptr, kLocked, nullptr) != 0) {
    return fail_call(errno, format("mount({}, remount nosuid nodev noexec)", target.str()));
  }
  TRY(pivot_to(target));
  return true;
}

// An empty file system instead; the roots are open already. It lies where every host has a
// directory.
Result<bool> leave_for_nothing() {
  if (!TRY(unshare_mounts())) return false;
  const HostPath place("/proc");
  constexpr unsigned long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("none", place.c_str(), "tmpfs", kFlags, "size=4k,mode=0500") != 0) {
    return fail_call(errno, format("mount(tmpfs on {})", place.str()));
  }
  TRY(pivot_to(place));
  return true;
}

Result<void> keep_few_capabilities() {
  const int last = kernel::last_capability().value_or(kernel::kLastKnownCapability);
  for (int number = 0; number <= last; ++number) {
    if (kKept.contains(number)) continue;
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0 && errno != EPERM) {
      return fail_call(errno, format("prctl(PR_CAPBSET_DROP, {})", number));
    }
  }
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct sets[2] = {};
  if (syscall(SYS_capget, &header, sets) != 0) return fail_call(errno, "capget()");
  for (unsigned i = 0; i < 2; ++i) {
    const auto kept = static_cast<std::uint32_t>(kKept.mask() >> (32 * i));
    sets[i].permitted &= kept;
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
  }
  if (syscall(SYS_capset, &header, sets) != 0) return fail_call(errno, "capset()");
  return {};
}

// Landlock (Linux 5.13); its first version forbids every link and rename between directories, so
// it is of use from the second (5.19) on. False: not there, or switched off.
constexpr std::uint64_t kEverythingOf2 = (std::uint64_t{1} << 14) - 1;  // up to REFER
constexpr std::uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

Result<bool> allow_only_below(const std::vector<int>& directories, std::uint64_t allowed) {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 2) return false;
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = kEverythingOf2;
  const long number = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (number < 0) return fail_call(errno, "landlock_create_ruleset()");
  const kernel::UniqueFd ruleset(static_cast<int>(number));
  for (const int directory : directories) {
    landlock_path_beneath_attr below{};
    below.allowed_access = allowed;
    below.parent_fd = directory;
    if (syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0) {
      return fail_call(errno, "landlock_add_rule()");
    }
  }
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return fail_call(errno, "landlock_restrict_self()");
  }
  return true;
}

// Calls no unpacker makes; what it does make is many and harmless below one directory.
constexpr std::uint32_t kRefused[] = {
    SYS_socket,
    SYS_socketpair,
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_unshare,
    SYS_setns,
    SYS_clone,
    SYS_clone3,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_io_uring_setup,
    SYS_userfaultfd,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_quotactl,
    SYS_syslog,
    SYS_kill,
    SYS_tkill,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
};

constexpr std::uint32_t kOwnArchitecture =
#if defined(__x86_64__)
    AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    AUDIT_ARCH_AARCH64;
#elif defined(__riscv)
    AUDIT_ARCH_RISCV64;
#else
#error "no audit number for this architecture"
#endif

sock_filter statement(unsigned code, std::uint32_t k) {
  return {.code = static_cast<std::uint16_t>(code), .jt = 0, .jf = 0, .k = k};
}
// Skips the next instruction unless equal.
sock_filter unless_equal(std::uint32_t k) { return {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, k}; }

Result<void> refuse_calls() {
  std::vector<sock_filter> program = {
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kOwnArchitecture},
      statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
#if defined(__x86_64__)
      // x32's numbers are the same calls with this bit.
      {BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000},
      statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
  };
  for (const std::uint32_t call : kRefused) {
    program.push_back(unless_equal(call));
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = program.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) {
    return fail_call(errno, "prctl(PR_SET_SECCOMP)");
  }
  return {};
}

// What no mount is needed for.
Result<void> raise_walls(const std::vector<int>& directories,
                         std::uint64_t allowed,
                         Unpacker who,
                         std::vector<std::string>& walls) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_call(errno, "prctl(no_new_privs)");
  if (who == Unpacker::Root) {
    TRY(keep_few_capabilities());
    walls.emplace_back("capabilities");
  }
  if (TRY(allow_only_below(directories, allowed))) walls.emplace_back("landlock");
  TRY(refuse_calls());
  walls.emplace_back("seccomp");
  return {};
}

}  // namespace

Result<Sandbox> enter_sandbox(const HostPath& target, Unpacker who) {
  Sandbox sandbox;
  bool pivoted = false;
  if (who == Unpacker::Root) {
    pivoted = TRY(leave_the_hosts_tree(target));
    if (pivoted) sandbox.walls.emplace_back("mounts");
    if (unshare(CLONE_NEWNET) == 0) sandbox.walls.emplace_back("network");
  }
  constexpr int kDirectory = O_RDONLY | O_DIRECTORY;
  sandbox.root = TRY(kernel::open_file(pivoted ? HostPath("/") : target, kDirectory));
  TRY(raise_walls(
      {sandbox.root.get()}, kEverythingOf2 & ~LANDLOCK_ACCESS_FS_EXECUTE, who, sandbox.walls));
  return sandbox;
}

Result<ReadingSandbox> enter_reading_sandbox(const std::vector<HostPath>& roots,
                                             std::vector<kernel::UniqueFd> open_roots,
                                             Unpacker who) {
  ReadingSandbox sandbox{.roots = std::move(open_roots), .walls = {}};
  for (const HostPath& root : roots) {
    sandbox.roots.push_back(TRY(kernel::open_file(root, O_RDONLY | O_DIRECTORY)));
  }
  std::vector<int> numbers;
  numbers.reserve(sandbox.roots.size());
  for (const kernel::UniqueFd& root : sandbox.roots) numbers.push_back(root.get());
  if (who == Unpacker::Root) {
    if (TRY(leave_for_nothing())) sandbox.walls.emplace_back("mounts");
    if (unshare(CLONE_NEWNET) == 0) sandbox.walls.emplace_back("network");
  }
  TRY(raise_walls(numbers, kReading, who, sandbox.walls));
  return sandbox;
}

Result<Sandbox> enter_sandbox_at(kernel::UniqueFd target, Unpacker who) {
  Sandbox sandbox{.root = std::move(target), .walls = {}};
  if (who == Unpacker::Root) {
    if (unshare(CLONE_NEWNET) == 0) sandbox.walls.emplace_back("network");
    if (fchdir(sandbox.root.get()) != 0) return fail_call(errno, "fchdir(target)");
    if (chroot(".") != 0) return fail_call(errno, "chroot(target)");
    sandbox.walls.emplace_back("root");
  }
  TRY(raise_walls(
      {sandbox.root.get()}, kEverythingOf2 & ~LANDLOCK_ACCESS_FS_EXECUTE, who, sandbox.walls));
  return sandbox;
}

}  // namespace isle::image
