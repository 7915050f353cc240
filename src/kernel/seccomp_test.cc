#include "kernel/seccomp.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/seccomp_arch.h"
#include "kernel/seccomp_run.h"

namespace isle::kernel {
namespace {

constexpr SeccompOutcome kAllow{.action = SeccompAction::Allow, .data = 0};
constexpr SeccompOutcome kDeny{.action = SeccompAction::Errno, .data = EPERM};
constexpr std::uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;

SeccompFilter filter_of(std::vector<SeccompRule> rules,
                        std::vector<std::string> architectures = {"X86_64"}) {
  return {.fallback = kDeny,
          .architectures = std::move(architectures),
          .flags = 0,
          .rules = std::move(rules)};
}

class Compiled {
 public:
  explicit Compiled(const SeccompFilter& filter) : program_(compile(filter).value()) {}

  std::uint32_t ask(std::uint32_t arch,
                    std::uint32_t number,
                    std::vector<std::uint64_t> arguments = {}) const {
    seccomp_data call{};
    call.nr = static_cast<int>(number);
    call.arch = arch;
    for (std::size_t i = 0; i < arguments.size(); ++i) call.args[i] = arguments[i];
    return run_seccomp_program(program_.instructions, call).value().answer;
  }
  // The same by name on the host's architecture.
  std::uint32_t call(const std::string& name, std::vector<std::uint64_t> arguments = {}) const {
    static const SyscallNumbers numbers = syscall_numbers(native_seccomp_arch());
    return ask(native_seccomp_arch().audit, numbers.at(name), std::move(arguments));
  }
  const SeccompProgram& program() const { return program_; }

 private:
  SeccompProgram program_;
};

SeccompRule allow(std::vector<std::string> names, std::vector<SeccompCondition> conditions = {}) {
  return {.names = std::move(names), .outcome = kAllow, .conditions = std::move(conditions)};
}
SeccompRule refuse(std::vector<std::string> names,
                   std::uint16_t errnum,
                   std::vector<SeccompCondition> conditions = {}) {
  return {.names = std::move(names),
          .outcome = {.action = SeccompAction::Errno, .data = errnum},
          .conditions = std::move(conditions)};
}

TEST(Seccomp, AllowedDeniedAndNewerThanTheFilter) {
  const Compiled filter(filter_of({allow({"read", "write", "exit_group", "clone3"})}));
  EXPECT_EQ(filter.call("read"), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("clone3"), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("mount"), kEperm);
  EXPECT_EQ(filter.call("openat2"), kEnosys);  // 437, clone3 is 435
  EXPECT_EQ(filter.call("listns"), kEnosys);
  EXPECT_EQ(filter.ask(AUDIT_ARCH_X86_64, 5000), kEnosys);
  EXPECT_EQ(filter.ask(AUDIT_ARCH_X86_64, 0xffffffff), kEnosys);
}

TEST(Seccomp, DefaultsThatAllowAreLeftAlone) {
  for (const auto action : {SeccompAction::Allow, SeccompAction::Log, SeccompAction::Trace}) {
    SeccompFilter filter = filter_of({refuse({"mount"}, EACCES)});
    filter.fallback = {.action = action, .data = 0};
    const Compiled compiled(filter);
    EXPECT_EQ(compiled.call("mount"), SECCOMP_RET_ERRNO | EACCES);
    EXPECT_EQ(compiled.call("read"), compiled.call("listns"));
    EXPECT_NE(compiled.call("read"), kEnosys);
  }
}

TEST(Seccomp, EveryActionHasItsWord) {
  const struct {
    SeccompAction action;
    std::uint32_t word;
  } rows[] = {{SeccompAction::KillProcess, SECCOMP_RET_KILL_PROCESS},
              {SeccompAction::KillThread, SECCOMP_RET_KILL_THREAD},
              {SeccompAction::Trap, SECCOMP_RET_TRAP | 7},
              {SeccompAction::Errno, SECCOMP_RET_ERRNO | 7},
              {SeccompAction::Trace, SECCOMP_RET_TRACE | 7},
              {SeccompAction::Log, SECCOMP_RET_LOG},
              {SeccompAction::Allow, SECCOMP_RET_ALLOW}};
  for (const auto& row : rows) {
    const Compiled filter(filter_of(
        {{.names = {"uname"}, .outcome = {.action = row.action, .data = 7}, .conditions = {}}}));
    EXPECT_EQ(filter.call("uname"), row.word);
  }
}

TEST(Seccomp, OtherArchitecturesAreKilled) {
  const Compiled filter(filter_of({allow({"read"})}));
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 3), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.ask(AUDIT_ARCH_AARCH64, 63), SECCOMP_RET_KILL_PROCESS);
}

TEST(Seccomp, X32IsItsOwnArchitecture) {
  const Compiled without(filter_of({allow({"read", "execve"})}));
  EXPECT_EQ(without.ask(AUDIT_ARCH_X86_64, kX32Bit), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(without.ask(AUDIT_ARCH_X86_64, kX32Bit + 520), SECCOMP_RET_KILL_PROCESS);
  const Compiled with(filter_of({allow({"read", "execve"})}, {"X86_64", "X32"}));
  EXPECT_EQ(with.ask(AUDIT_ARCH_X86_64, kX32Bit), SECCOMP_RET_ALLOW);
  EXPECT_EQ(with.ask(AUDIT_ARCH_X86_64, kX32Bit + 520), SECCOMP_RET_ALLOW);  // x32's execve
  EXPECT_EQ(with.ask(AUDIT_ARCH_X86_64, kX32Bit + 59), kEperm);  // x86_64's number of it
  EXPECT_EQ(with.ask(AUDIT_ARCH_X86_64, 520), kEnosys);
  EXPECT_EQ(with.ask(AUDIT_ARCH_X86_64, kX32Bit + 999), kEnosys);
}

TEST(Seccomp, NumbersAreEachArchitecturesOwn) {
  const Compiled filter(
      filter_of({allow({"getpid", "fchmodat2"})}, {"X86_64", "X86", "AARCH64", "ARM", "RISCV64"}));
  const std::pair<std::uint32_t, std::uint32_t> getpid[] = {{AUDIT_ARCH_X86_64, 39},
                                                            {AUDIT_ARCH_I386, 20},
                                                            {AUDIT_ARCH_AARCH64, 172},
                                                            {AUDIT_ARCH_ARM, 20},
                                                            {AUDIT_ARCH_RISCV64, 172}};
  for (const auto& [arch, number] : getpid) {
    EXPECT_EQ(filter.ask(arch, number), SECCOMP_RET_ALLOW);
    EXPECT_EQ(filter.ask(arch, number + 1), kEperm);
    EXPECT_EQ(filter.ask(arch, 452), SECCOMP_RET_ALLOW);
    EXPECT_EQ(filter.ask(arch, 453), kEnosys);
  }
}

TEST(Seccomp, NewerNamesThanTheLibraryHaveNumbers) {
  const std::pair<const char*, std::uint32_t> rows[] = {{"cachestat", 451},
                                                        {"fchmodat2", 452},
                                                        {"mseal", 462},
                                                        {"setxattrat", 463},
                                                        {"listns", 470},
                                                        {"open_tree_attr", 467},
                                                        {"file_getattr", 468},
                                                        {"uretprobe", 335}};
  for (const auto& [name, number] : rows) {
    const Compiled filter(filter_of({allow({name, "rseq_slice_yield"})}));
    EXPECT_EQ(filter.ask(AUDIT_ARCH_X86_64, number), SECCOMP_RET_ALLOW) << name;
    EXPECT_TRUE(filter.program().warnings.empty());
  }
}

TEST(Seccomp, UnknownNamesWarnAndOthersArchitecturesNamesDoNot) {
  const Compiled filter(filter_of({allow({"read", "frobnicate", "frobnicate", "chown32"})}));
  EXPECT_THAT(filter.program().warnings,
              testing::ElementsAre("system call \"frobnicate\" left out: no such name is known"));
}

struct OperatorRow {
  SeccompCondition condition;
  std::uint64_t argument;
  bool holds;
};

TEST(Seccomp, OperatorsCompareAll64Bits) {
  using enum SeccompOperator;
  constexpr std::uint64_t big = 0x1'0000'0005;
  const std::uint64_t values[] = {
      0, 4, 5, 6, 0xffffffff, big - 1, big, big + 1, 0x2'0000'0000, 0x2'0000'0005, ~0ULL};
  for (const std::uint64_t value : values) {
    for (const std::uint64_t argument : values) {
      const OperatorRow rows[] = {
          {{.index = 2, .op = Equal, .value = value}, argument, argument == value},
          {{.index = 2, .op = NotEqual, .value = value}, argument, argument != value},
          {{.index = 2, .op = Less, .value = value}, argument, argument < value},
          {{.index = 2, .op = LessOrEqual, .value = value}, argument, argument <= value},
          {{.index = 2, .op = Greater, .value = value}, argument, argument > value},
          {{.index = 2, .op = GreaterOrEqual, .value = value}, argument, argument >= value},
          {{.index = 2, .op = MaskedEqual, .value = value, .value_two = 4},
           argument,
           (argument & value) == 4},
          {{.index = 2, .op = MaskedEqual, .value = value, .value_two = 0x1'0000'0004},
           argument,
           (argument & value) == 0x1'0000'0004},
      };
      for (const OperatorRow& row : rows) {
        const Compiled filter(filter_of({allow({"ioctl"}, {row.condition})}));
        EXPECT_EQ(filter.call("ioctl", {0, 0, row.argument}),
                  row.holds ? SECCOMP_RET_ALLOW : kEperm)
            << static_cast<int>(row.condition.op) << " " << value << " " << argument;
      }
    }
  }
}

TEST(Seccomp, ThirtyTwoBitArchitecturesCompareTheLowHalf) {
  const Compiled filter(filter_of(
      {refuse({"personality"}, EACCES, {{.index = 0, .op = SeccompOperator::Equal, .value = 8}}),
       allow({"personality"})},
      {"X86_64", "X86"}));
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 136, {0xabcd'0000'0008}), SECCOMP_RET_ERRNO | EACCES);
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 136, {9}), SECCOMP_RET_ALLOW);
}

TEST(Seccomp, FirstRuleThatHoldsDecides) {
  using enum SeccompOperator;
  const Compiled filter(filter_of({
      allow({"socket"}, {{.index = 0, .op = Equal, .value = 1}}),
      refuse({"socket"},
             EAFNOSUPPORT,
             {{.index = 0, .op = Less, .value = 10}, {.index = 1, .op = Equal, .value = 3}}),
      allow({"socket"}, {{.index = 0, .op = LessOrEqual, .value = 10}}),
  }));
  EXPECT_EQ(filter.call("socket", {1, 3}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("socket", {2, 3}), SECCOMP_RET_ERRNO | EAFNOSUPPORT);
  EXPECT_EQ(filter.call("socket", {2, 1}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("socket", {10, 3}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("socket", {40, 1}), kEperm);
}

TEST(Seccomp, SocketcallAndIpcFollowTheirCalls) {
  const Compiled filter(
      filter_of({allow({"bind", "shmget"}),
                 allow({"socket"}, {{.index = 0, .op = SeccompOperator::Equal, .value = 1}})},
                {"X86_64", "X86"}));
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 102, {2}), SECCOMP_RET_ALLOW);  // bind
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 102, {1}), kEperm);  // socket: its domain is in memory
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 359, {1}), SECCOMP_RET_ALLOW);  // socket itself
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 359, {40}), kEperm);
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 117, {23}), SECCOMP_RET_ALLOW);       // shmget
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 117, {0x10017}), SECCOMP_RET_ALLOW);  // a newer version
  EXPECT_EQ(filter.ask(AUDIT_ARCH_I386, 117, {21}), kEperm);                  // shmat
}

TEST(Seccomp, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(compile(filter_of({allow({"read"})}, {"X86_65"})).error().message,
            "unknown seccomp architecture \"X86_65\"");
  EXPECT_EQ(compile(filter_of({allow({"read"}, {{.index = 6}})})).error().message,
            "a rule for \"read\" tests argument 6: system calls have 0 to 5");
  std::vector<SeccompRule> many;
  for (std::uint64_t value = 0; value < 2000; ++value) {
    many.push_back(allow({"ioctl"}, {{.index = 1, .value = value}}));
  }
  EXPECT_NE(compile(filter_of(many)).error().message.find("the kernel takes 4096"),
            std::string::npos);
}

TEST(Seccomp, LongLeavesAreJumpedOver) {
  std::vector<SeccompRule> many;
  for (const char* name : {"ioctl", "fcntl", "prctl"}) {
    for (std::uint64_t value = 0; value < 100; ++value) {
      many.push_back(allow({name}, {{.index = 1, .value = value}}));
    }
  }
  many.push_back(allow({"read", "listns"}));
  const Compiled filter(filter_of(many));
  for (const char* name : {"ioctl", "fcntl", "prctl"}) {
    EXPECT_EQ(filter.call(name, {0, 99}), SECCOMP_RET_ALLOW);
    EXPECT_EQ(filter.call(name, {0, 100}), kEperm);
  }
  EXPECT_EQ(filter.call("read"), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("listns"), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.call("mount"), kEperm);
}

TEST(Seccomp, OtherByteOrderIsLeftOut) {
  const Compiled filter(filter_of({allow({"read"})}, {"X86_64", "S390X"}));
  ASSERT_EQ(filter.program().warnings.size(), 1U);
  EXPECT_EQ(filter.ask(AUDIT_ARCH_S390X, 3), SECCOMP_RET_KILL_PROCESS);
}

// What a child under the filter saw: one bit for each expectation that did not hold.
int child_under(const SeccompProgram& program) {
  const sock_fprog fprog{.len = static_cast<unsigned short>(program.instructions.size()),
                         .filter = const_cast<sock_filter*>(program.instructions.data())};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 64;
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program.flags, &fprog) != 0) return 128;
  int wrong = 0;
  if (syscall(SYS_getppid) != -1 || errno != EPERM) wrong |= 1;
  if (syscall(470) != -1 || errno != ENOSYS) wrong |= 2;
  if (syscall(SYS_getpid) <= 0) wrong |= 4;
  if (syscall(SYS_dup, 17) != -1 || errno != EXDEV) wrong |= 8;
  if (syscall(SYS_dup, 0x1'0000'0011) != -1 || errno != EPERM) wrong |= 16;
  return wrong;
}

TEST(Seccomp, TheKernelAgrees) {
  // mmap and those after it are for a sanitizer's own needs at the child's end.
  const SeccompProgram program =
      compile(filter_of({allow({"getpid",
                                "exit_group",
                                "exit",
                                "seccomp",
                                "clone3",
                                "mmap",
                                "munmap",
                                "mprotect",
                                "sigaltstack",
                                "write"}),
                         refuse({"dup"}, EXDEV, {{.index = 0, .value = 17}})},
                        {"X86_64", "X86", "X32"}))
          .value();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(child_under(program));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace isle::kernel
