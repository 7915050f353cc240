#pragma once
// Why: a container's system call filter is a list of rules by name; the kernel wants one classic
// BPF program that is handed the architecture, the number and the arguments of each call.
// seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
//
// libseccomp gives the names and numbers of 14 architectures; the program is our own, for what
// its generator does not do: numbers newer than the library, ENOSYS for calls newer than the
// profile, and a tree over *ranges* of numbers with one outcome, which is a fraction of a tree over
// single numbers. A program is
//
//   load arch;  for each architecture: another? skip its block
//     load number;  binary search over ranges (jge);  each range ends in
//       return OUTCOME,  or the tests of its rules' arguments, then a return
//   return KILL_PROCESS     (an architecture nobody asked for)
//
// The rules:
//  - the first rule of a call whose conditions all hold decides; none: the default. (libseccomp
//    lets a rule without conditions win over those with them, wherever it stands.)
//  - x32 has x86_64's architecture and bit 30 in the number: unless x32 is asked for, such a number
//    is of an architecture nobody asked for. Numbers with bit 31 (a tracer's -1) are no calls at
//    all and get ENOSYS, as without a filter.
//  - 32-bit architectures: only the low half of an argument is compared. The kernel ignores the
//    high half, and `int $0x80` of a 64-bit program can leave anything there.
//  - i386 (s390, ppc, mips) has calls behind socketcall(2) and ipc(2): a rule without conditions
//    for `socket` is one for socketcall's number of it too. With conditions it is not, since the
//    arguments are in memory, which no filter can read.
//  - a call newer than the newest that the filter names (on that architecture) is answered ENOSYS
//    where the default would refuse it, so that a C library that tries it falls back.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <linux/filter.h>

#include "base/error.h"

namespace isle::kernel {

enum class SeccompAction : unsigned char {
  KillProcess,
  KillThread,
  Trap,   // SIGSYS
  Errno,  // data is the errno
  Trace,  // data is the tracer's message; ENOSYS without a tracer
  Log,    // allowed and logged
  Allow,
  Notify,  // an agent decides (seccomp_unotify(2)); the installer gets a listener
};

struct SeccompOutcome {
  SeccompAction action = SeccompAction::Allow;
  std::uint16_t data = 0;
  auto operator<=>(const SeccompOutcome&) const = default;
};

enum class SeccompOperator : unsigned char {
  NotEqual,
  Less,
  LessOrEqual,
  Equal,
  GreaterOrEqual,
  Greater,
  MaskedEqual,  // (argument & value) == value_two
};

struct SeccompCondition {
  std::uint32_t index = 0;  // of the argument, 0 to 5
  SeccompOperator op = SeccompOperator::Equal;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  auto operator<=>(const SeccompCondition&) const = default;
};

struct SeccompRule {
  std::vector<std::string> names;
  SeccompOutcome outcome;
  std::vector<SeccompCondition> conditions;  // all must hold
  auto operator<=>(const SeccompRule&) const = default;
};

struct SeccompFilter {
  SeccompOutcome fallback{.action = SeccompAction::Errno, .data = 1};  // EPERM
  // "X86_64", "X86", "X32", "AARCH64" ... (libseccomp's names); the host's own is always there.
  std::vector<std::string> architectures;
  std::uint32_t flags = 0;  // SECCOMP_FILTER_FLAG_*, for seccomp(2)
  std::vector<SeccompRule> rules;
  auto operator<=>(const SeccompFilter&) const = default;
};

struct SeccompProgram {
  std::vector<sock_filter> instructions;
  std::uint32_t flags = 0;
  // What was left out and why: a name no architecture knows, an architecture of the other byte
  // order.
  std::vector<std::string> warnings;
};

// Errors: InvalidArgument for an architecture without a name here, an argument index above 5, or
// a program longer than the kernel takes (4096 instructions).
Result<SeccompProgram> compile(const SeccompFilter& filter);

}  // namespace isle::kernel
