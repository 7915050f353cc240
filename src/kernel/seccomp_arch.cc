#include "kernel/seccomp_arch.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include <linux/net.h>
#include <seccomp.h>

namespace isle::kernel {

namespace {
constexpr std::uint32_t kWide = 0x80000000;    // __AUDIT_ARCH_64BIT
constexpr std::uint32_t kLittle = 0x40000000;  // __AUDIT_ARCH_LE

constexpr SeccompArch arch(std::string_view name, std::uint32_t audit, std::uint32_t base = 0) {
  return {.name = name,
          .audit = audit,
          .token = audit,
          .base = base,
          .wide = (audit & kWide) != 0,
          .little_endian = (audit & kLittle) != 0};
}

constexpr auto kArches = std::to_array<SeccompArch>({
    arch("X86_64", SCMP_ARCH_X86_64),
    arch("X86", SCMP_ARCH_X86),
    {.name = "X32",
     .audit = SCMP_ARCH_X86_64,
     .token = SCMP_ARCH_X32,
     .base = kX32Bit,
     .wide = true,
     .little_endian = true},
    arch("AARCH64", SCMP_ARCH_AARCH64),
    arch("ARM", SCMP_ARCH_ARM),
    arch("RISCV64", SCMP_ARCH_RISCV64),
    arch("PPC64LE", SCMP_ARCH_PPC64LE),
    arch("PPC64", SCMP_ARCH_PPC64),
    arch("PPC", SCMP_ARCH_PPC),
    arch("S390X", SCMP_ARCH_S390X),
    arch("S390", SCMP_ARCH_S390),
    arch("MIPS", SCMP_ARCH_MIPS, 4000),
    arch("MIPS64", SCMP_ARCH_MIPS64, 5000),
    arch("MIPS64N32", SCMP_ARCH_MIPS64N32, 6000),
    arch("MIPSEL", SCMP_ARCH_MIPSEL, 4000),
    arch("MIPSEL64", SCMP_ARCH_MIPSEL64, 5000),
    arch("MIPSEL64N32", SCMP_ARCH_MIPSEL64N32, 6000),
    arch("PARISC", SCMP_ARCH_PARISC),
    arch("PARISC64", SCMP_ARCH_PARISC64),
});

// No table has a hole as wide as from its last call to the end of this.
constexpr std::uint32_t kScanned = 600;
// ARM's private calls (breakpoint ... set_tls), asm/unistd.h.
constexpr std::uint32_t kArmPrivate = 0xf0000;
constexpr std::uint32_t kArmPrivateEnd = kArmPrivate + 8;

struct Numbered {
  std::string_view name;
  std::uint32_t number;
};

// Since Linux 5.1 new calls have one number everywhere, counted from the architecture's first.
// From include/uapi/asm-generic/unistd.h of Linux 6.5 to 7.0.
constexpr auto kNewer = std::to_array<Numbered>({
    {"cachestat", 451},         {"fchmodat2", 452},        {"map_shadow_stack", 453},
    {"futex_wake", 454},        {"futex_wait", 455},       {"futex_requeue", 456},
    {"statmount", 457},         {"listmount", 458},        {"lsm_get_self_attr", 459},
    {"lsm_set_self_attr", 460}, {"lsm_list_modules", 461}, {"mseal", 462},
    {"setxattrat", 463},        {"getxattrat", 464},       {"listxattrat", 465},
    {"removexattrat", 466},     {"open_tree_attr", 467},   {"file_getattr", 468},
    {"file_setattr", 469},      {"listns", 470},           {"rseq_slice_yield", 471},
});
struct NumberedOn {
  std::string_view arch;
  std::string_view name;
  std::uint32_t number;
};
// One architecture's own: x86_64's are called by the trampolines of user probes (6.11, 6.18).
constexpr auto kNewerOn = std::to_array<NumberedOn>({
    {"X86_64", "uretprobe", 335},
    {"X86_64", "uprobe", 336},
    {"RISCV64", "riscv_hwprobe", 258},
});

struct Behind {
  std::string_view name;
  std::uint32_t call;
};
constexpr auto kSocketcall = std::to_array<Behind>({
    {"socket", SYS_SOCKET},
    {"bind", SYS_BIND},
    {"connect", SYS_CONNECT},
    {"listen", SYS_LISTEN},
    {"accept", SYS_ACCEPT},
    {"getsockname", SYS_GETSOCKNAME},
    {"getpeername", SYS_GETPEERNAME},
    {"socketpair", SYS_SOCKETPAIR},
    {"send", SYS_SEND},
    {"recv", SYS_RECV},
    {"sendto", SYS_SENDTO},
    {"recvfrom", SYS_RECVFROM},
    {"shutdown", SYS_SHUTDOWN},
    {"setsockopt", SYS_SETSOCKOPT},
    {"getsockopt", SYS_GETSOCKOPT},
    {"sendmsg", SYS_SENDMSG},
    {"recvmsg", SYS_RECVMSG},
    {"accept4", SYS_ACCEPT4},
    {"recvmmsg", SYS_RECVMMSG},
    {"sendmmsg", SYS_SENDMMSG},
});
// The numbers of linux/ipc.h, which glibc's <sys/ipc.h> stands in the way of.
constexpr auto kIpc = std::to_array<Behind>({
    {"semop", 1},
    {"semget", 2},
    {"semctl", 3},
    {"semtimedop", 4},
    {"msgsnd", 11},
    {"msgrcv", 12},
    {"msgget", 13},
    {"msgctl", 14},
    {"shmat", 21},
    {"shmdt", 22},
    {"shmget", 23},
    {"shmctl", 24},
});

void scan(SyscallNumbers& numbers, const SeccompArch& arch, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t number = from; number < to; ++number) {
    const std::unique_ptr<char, decltype(&std::free)> name(
        seccomp_syscall_resolve_num_arch(arch.token, static_cast<int>(number)), &std::free);
    if (name) numbers.emplace(name.get(), number);
  }
}
}  // namespace

const SeccompArch* find_seccomp_arch(std::string_view name) {
  const auto* found = std::ranges::find(kArches, name, &SeccompArch::name);
  return found == kArches.end() ? nullptr : found;
}

const SeccompArch& native_seccomp_arch() {
  static const SeccompArch& native =
      *std::ranges::find(kArches, seccomp_arch_native(), &SeccompArch::token);
  return native;
}

std::string seccomp_arch_names() {
  std::string names;
  for (const SeccompArch& each : kArches) names.append(names.empty() ? "" : " ").append(each.name);
  return names;
}

SyscallNumbers syscall_numbers(const SeccompArch& arch) {
  SyscallNumbers numbers;
  numbers.reserve(512);
  scan(numbers, arch, arch.base, arch.base + kScanned);
  if (arch.name == "ARM") scan(numbers, arch, kArmPrivate, kArmPrivateEnd);
  for (const auto& [name, number] : kNewer) numbers.emplace(name, arch.base + number);
  for (const auto& [on, name, number] : kNewerOn) {
    if (on == arch.name) numbers.emplace(name, arch.base + number);
  }
  return numbers;
}

bool is_syscall_name(const std::string& name) {
  // Calls of other architectures have negative numbers, but not this one.
  if (seccomp_syscall_resolve_name(name.c_str()) != __NR_SCMP_ERROR) return true;
  return std::ranges::find(kNewer, name, &Numbered::name) != kNewer.end() ||
         std::ranges::find(kNewerOn, name, &NumberedOn::name) != kNewerOn.end();
}

std::optional<Multiplexed> multiplexed_syscall(std::string_view name) {
  const auto* socket = std::ranges::find(kSocketcall, name, &Behind::name);
  if (socket != kSocketcall.end()) {
    return Multiplexed{.through = "socketcall", .call = socket->call, .mask = 0xffffffff};
  }
  const auto* ipc = std::ranges::find(kIpc, name, &Behind::name);
  if (ipc != kIpc.end()) return Multiplexed{.through = "ipc", .call = ipc->call, .mask = 0xffff};
  return std::nullopt;
}

}  // namespace isle::kernel
