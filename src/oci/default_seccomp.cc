#include "oci/default_seccomp.h"

#include <algorithm>
#include <bit>
#include <cerrno>

#include "base/strings.h"
#include "oci/default_seccomp_calls.h"

namespace isle::oci {

namespace {
// Conditions on `int` and `unsigned int` arguments look at the low 32 bits only, as the kernel
// does: a comparison of all 64 would be passed by setting a bit above them. SCMP_CMP_MASKED_EQ is
// the operator that can; and since it has no opposite, sets are written as what is allowed.
constexpr std::uint64_t kLow = 0xffffffff;

SeccompArg masked(std::uint32_t index, std::uint64_t mask, std::uint64_t value) {
  return {.index = index, .value = mask, .value_two = value, .op = "SCMP_CMP_MASKED_EQ"};
}

SeccompRule allow(Strings names, std::vector<SeccompArg> args = {}) {
  return {.names = std::move(names),
          .action = "SCMP_ACT_ALLOW",
          .errno_ret = {},
          .args = std::move(args)};
}

SeccompRule refuse(std::string name, unsigned errnum, std::vector<SeccompArg> args = {}) {
  return {.names = {std::move(name)},
          .action = "SCMP_ACT_ERRNO",
          .errno_ret = errnum,
          .args = std::move(args)};
}

Strings architectures() {
#if defined(__x86_64__)
  return {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"};
#elif defined(__aarch64__)
  return {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
#elif defined(__riscv) && __riscv_xlen == 64
  return {"SCMP_ARCH_RISCV64"};
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
  return {"SCMP_ARCH_PPC64LE"};
#elif defined(__s390x__)
  return {"SCMP_ARCH_S390X", "SCMP_ARCH_S390"};
#else
#error "say which seccomp architectures this machine runs"
#endif
}

#if defined(__s390x__)
constexpr std::uint32_t kCloneFlags = 1;  // clone(2): the stack comes first there
#else
constexpr std::uint32_t kCloneFlags = 0;
#endif
// CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET. (CLONE_NEWTIME lies in clone's exit signal.)
constexpr std::uint64_t kNamespaceFlags = 0x7e020000;

// Rules that allow an argument of 32 bits from `first` to `last`: as many as there are aligned
// blocks of a power of two in it.
void allow_range(std::vector<SeccompRule>& rules,
                 const std::string& name,
                 std::uint32_t index,
                 std::uint32_t first,
                 std::uint32_t last) {
  while (first <= last) {
    std::uint32_t size = first == 0 ? std::bit_floor(last + 1) : first & (~first + 1);
    while (size > last - first + 1) size /= 2;
    rules.push_back(allow({name}, {masked(index, kLow & ~std::uint64_t{size - 1}, first)}));
    first += size;
  }
}

// Families of sockets, linux/socket.h. Left out: AF_ALG (38), the kernel's cryptography, for which
// programs have libraries and the kernel has had holes; AF_VSOCK (40), which reaches the
// hypervisor past every network namespace; and families newer than MCTP (45).
void add_sockets(std::vector<SeccompRule>& rules, bool may_audit) {
  constexpr std::uint32_t kNetlink = 16;
  constexpr std::uint64_t kNetlinkAudit = 9;
  const std::string name = "socket";
  if (may_audit) {
    allow_range(rules, name, 0, 0, 37);
  } else {
    allow_range(rules, name, 0, 0, kNetlink - 1);
    allow_range(rules, name, 0, kNetlink + 1, 37);
    // libaudit, and with it every login, takes EINVAL for a kernel without audit and goes on; the
    // EPERM that the kernel answers to the first message would be an error.
    rules.push_back(
        refuse(name, EINVAL, {masked(0, kLow, kNetlink), masked(2, kLow, kNetlinkAudit)}));
    rules.push_back(
        allow({name},
              {masked(0, kLow, kNetlink),
               {.index = 2, .value = kNetlinkAudit, .value_two = 0, .op = "SCMP_CMP_NE"}}));
  }
  allow_range(rules, name, 0, 39, 39);
  allow_range(rules, name, 0, 41, 45);
  // i386 and s390 programs of older C libraries make sockets through socketcall, whose arguments no
  // filter can see: there the call that makes one (1) stays refused, lest any program reach the
  // families above that way (`int $0x80` is open to 64-bit ones as well).
  rules.push_back(
      allow({"socketcall"}, {{.index = 0, .value = 1, .value_two = 0, .op = "SCMP_CMP_GT"}}));
}

// Types into a terminal as if its user did, or pastes on a console: a way out to whoever shares
// the terminal.
void add_ioctl(std::vector<SeccompRule>& rules, bool hold_projects) {
  constexpr std::uint64_t kTiocsti = 0x5412;
  constexpr std::uint64_t kTioclinux = 0x541c;
  rules.push_back(refuse("ioctl", EPERM, {masked(1, kLow, kTiocsti)}));
  rules.push_back(refuse("ioctl", EPERM, {masked(1, kLow, kTioclinux)}));
  constexpr std::uint64_t kFsSetXattr = 0x401c5820;  // FS_IOC_FSSETXATTR
  if (hold_projects) rules.push_back(refuse("ioctl", EPERM, {masked(1, kLow, kFsSetXattr)}));
  rules.push_back(allow({"ioctl"}));
}

// Of old Unix flavours only Linux, its 32-bit and its 2.6 face, and asking (0xffffffff): the others
// change how memory is laid out and signals are numbered, in code nobody uses.
void add_personality(std::vector<SeccompRule>& rules) {
  constexpr std::uint64_t kLinux32 = 0x8;
  constexpr std::uint64_t kUname26 = 0x20000;
  constexpr std::uint64_t kAsk = 0xffffffff;
  for (const std::uint64_t value :
       {std::uint64_t{0}, kLinux32, kUname26, kLinux32 | kUname26, kAsk}) {
    rules.push_back(allow({"personality"}, {masked(0, kLow, value)}));
  }
}

// New processes without new namespaces. clone3 passes its flags in memory: ENOSYS makes the C
// library fall back to clone.
void add_clone(std::vector<SeccompRule>& rules) {
  rules.push_back(allow({"clone"}, {masked(kCloneFlags, kNamespaceFlags, 0)}));
  rules.push_back(refuse("clone3", ENOSYS));
}

Strings words(std::string_view names) {
  Strings result;
  for (std::string_view name : split(names, ' ')) result.emplace_back(name);
  return result;
}

void add_groups(std::vector<SeccompRule>& rules) {
  for (const std::string_view group : {calls::kFiles,
                                       calls::kDirectories,
                                       calls::kExtendedAttributes,
                                       calls::kEvents,
                                       calls::kMemory,
                                       calls::kProcesses,
                                       calls::kDebugging,
                                       calls::kSignals,
                                       calls::kFutexes,
                                       calls::kScheduling,
                                       calls::kIdentity,
                                       calls::kRestriction,
                                       calls::kTime,
                                       calls::kSockets,
                                       calls::kIpc,
                                       calls::kMachine}) {
    rules.push_back(allow(words(group)));
  }
}
}  // namespace

Seccomp default_seccomp(const Strings& capabilities, bool hold_projects) {
  const auto has = [&](std::string_view capability) {
    return std::ranges::find(capabilities, capability) != capabilities.end();
  };
  Seccomp profile;
  profile.default_action = "SCMP_ACT_ERRNO";
  profile.default_errno_ret = EPERM;
  profile.architectures = architectures();
  add_groups(profile.syscalls);
  add_ioctl(profile.syscalls, hold_projects);
  add_sockets(profile.syscalls, has("CAP_AUDIT_WRITE"));
  add_personality(profile.syscalls);
  for (const calls::Unlocked& unlocked : calls::kUnlocked) {
    if (!has(unlocked.capability)) continue;
    profile.syscalls.push_back(allow(words(unlocked.names)));
  }
  if (!has("CAP_SYS_ADMIN")) add_clone(profile.syscalls);
  return profile;
}

}  // namespace isle::oci
