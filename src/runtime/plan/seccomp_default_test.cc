// What the default profile does once compiled: the calls that are allowed for some arguments only.
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

#include "base/strings.h"
#include "kernel/seccomp_arch.h"
#include "kernel/seccomp_run.h"
#include "oci/default_seccomp.h"
#include "runtime/plan/seccomp.h"

namespace isle::runtime {
namespace {

constexpr std::uint32_t kAllowed = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kMissing = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint64_t kAbove = 0x1'0000'0000;  // a bit that an int argument does not have

class Profile {
 public:
  explicit Profile(const oci::Strings& capabilities) {
    const auto filter = MUST(seccomp_filter(oci::default_seccomp(capabilities)));
    program_ = MUST(kernel::compile(filter));
  }

  std::uint32_t ask(std::uint32_t arch,
                    std::uint32_t number,
                    std::uint64_t first = 0,
                    std::uint64_t second = 0,
                    std::uint64_t third = 0) const {
    seccomp_data call{};
    call.arch = arch;
    call.nr = static_cast<int>(number);
    call.args[0] = first;
    call.args[1] = second;
    call.args[2] = third;
    return MUST(kernel::run_seccomp_program(program_.instructions, call)).answer;
  }
  std::uint32_t call(const std::string& name,
                     std::uint64_t first = 0,
                     std::uint64_t second = 0,
                     std::uint64_t third = 0) const {
    static const auto numbers = kernel::syscall_numbers(kernel::native_seccomp_arch());
    return ask(kernel::native_seccomp_arch().audit, numbers.at(name), first, second, third);
  }
  const kernel::SeccompProgram& program() const { return program_; }

 private:
  kernel::SeccompProgram program_;
};

TEST(SeccompDefault, EveryNameIsKnown) {
  EXPECT_THAT(Profile({}).program().warnings, testing::IsEmpty());
}

TEST(SeccompDefault, NoNewNamespaces) {
  const Profile profile({"CAP_SYS_CHROOT"});
  EXPECT_EQ(profile.call("clone", 0x11), kAllowed);
  EXPECT_EQ(profile.call("clone", 0x3d0f00), kAllowed);  // a thread
  for (const std::uint64_t flag :
       {0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000}) {
    EXPECT_EQ(profile.call("clone", flag | 0x11), kRefused) << flag;
    EXPECT_EQ(profile.call("clone", kAbove | flag), kRefused) << flag;
  }
  EXPECT_EQ(profile.call("clone3"), kMissing);
  for (const char* name : {"unshare",
                           "setns",
                           "mount",
                           "umount2",
                           "pivot_root",
                           "open_tree",
                           "fsopen",
                           "move_mount",
                           "mount_setattr",
                           "sethostname"}) {
    EXPECT_EQ(profile.call(name), kRefused) << name;
  }
  EXPECT_EQ(profile.call("chroot"), kAllowed);
}

TEST(SeccompDefault, AdministratorsMakeNamespaces) {
  const Profile profile({"CAP_SYS_ADMIN"});
  EXPECT_EQ(profile.call("clone", 0x10000000), kAllowed);
  for (const char* name : {"clone3", "unshare", "setns", "mount", "pivot_root", "bpf"}) {
    EXPECT_EQ(profile.call(name), kAllowed) << name;
  }
  EXPECT_EQ(profile.call("chroot"), kRefused);
  EXPECT_EQ(profile.call("open_by_handle_at"), kRefused);
  EXPECT_EQ(Profile({"CAP_DAC_READ_SEARCH"}).call("open_by_handle_at"), kAllowed);
}

TEST(SeccompDefault, SocketFamilies) {
  for (const bool audit : {false, true}) {
    const Profile profile(audit ? oci::Strings{"CAP_AUDIT_WRITE"} : oci::Strings{});
    for (std::uint64_t family = 0; family < 64; ++family) {
      const bool allowed = family < 46 && family != 38 && family != 40;
      EXPECT_EQ(profile.call("socket", family, 1, 0), allowed ? kAllowed : kRefused) << family;
      EXPECT_EQ(profile.call("socket", kAbove | family, 1, 0), allowed ? kAllowed : kRefused)
          << family;
    }
    EXPECT_EQ(profile.call("socket", 16, 3, 9),
              audit ? kAllowed : std::uint32_t{SECCOMP_RET_ERRNO | EINVAL});
    EXPECT_EQ(profile.call("socket", 2, 3, 9), kAllowed);
    EXPECT_EQ(profile.call("socket", 0xffffffff), kRefused);
  }
}

TEST(SeccompDefault, NothingIsTypedIntoTerminals) {
  const Profile profile({"CAP_SYS_ADMIN"});
  EXPECT_EQ(profile.call("ioctl", 0, 0x5413), kAllowed);
  EXPECT_EQ(profile.call("ioctl", 0, 0x5412), kRefused);
  EXPECT_EQ(profile.call("ioctl", 0, kAbove | 0x5412), kRefused);
  EXPECT_EQ(profile.call("ioctl", 0, 0x541c), kRefused);
}

TEST(SeccompDefault, Personalities) {
  const Profile profile({});
  for (const std::uint64_t good : {0x0, 0x8, 0x20000, 0x20008}) {
    EXPECT_EQ(profile.call("personality", good), kAllowed) << good;
  }
  EXPECT_EQ(profile.call("personality", 0xffffffff), kAllowed);
  EXPECT_EQ(profile.call("personality", 0x40000), kRefused);
  EXPECT_EQ(profile.call("personality", 0x1), kRefused);
}

TEST(SeccompDefault, CallsNewerThanTheProfileAreMissing) {
  const Profile profile({});
  EXPECT_EQ(profile.call("listns"), kRefused);
  EXPECT_EQ(profile.ask(kernel::native_seccomp_arch().audit, 472), kMissing);
}

#if defined(__x86_64__)
TEST(SeccompDefault, OtherDoorsOfTheSameMachine) {
  const Profile profile({});
  EXPECT_EQ(profile.ask(AUDIT_ARCH_X86_64, kernel::kX32Bit | 1), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 4), kAllowed);                // write
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 21), kRefused);               // mount
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 120, 0x10000000), kRefused);  // clone
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 102, 1), kRefused);           // socketcall: socket
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 102, kAbove | 1), kRefused);
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 102, 3), kAllowed);  // socketcall: connect
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 359, 2), kAllowed);  // socket
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 359, 40), kRefused);
  EXPECT_EQ(profile.ask(AUDIT_ARCH_I386, 359, kAbove | 40), kRefused);
  EXPECT_EQ(profile.ask(AUDIT_ARCH_AARCH64, 64), SECCOMP_RET_KILL_PROCESS);
}
#endif

}  // namespace
}  // namespace isle::runtime
