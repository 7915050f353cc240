#include "toolbox/trace_words.h"

#include <cerrno>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kernel/kernel_abi.h"

namespace isle::toolbox {
namespace {

using testing::HasSubstr;

// A process that lives in this test: addresses are ours, descriptors are named by `files`.
struct Traced {
  std::map<int, std::string> files;

  std::optional<CallWords> words(std::uint64_t number,
                                 const std::array<std::uint64_t, 6>& arguments) const {
    RawCall call{.number = number, .arguments = arguments};
    call.text = [](std::uint64_t address) {
      return std::string(reinterpret_cast<const char*>(address));
    };
    call.bytes = [](std::uint64_t address, std::size_t size) {
      return std::string(reinterpret_cast<const char*>(address), size);
    };
    call.named = [this](int fd) { return files.contains(fd) ? files.at(fd) : std::string(); };
    call.file = [this](int fd) { return files.contains(fd) ? files.at(fd) : std::string("?"); };
    return words_of_call(call);
  }
  std::string told(std::uint64_t number, const std::array<std::uint64_t, 6>& arguments) const {
    const auto said = words(number, arguments);
    return said && !said->silent ? said->call : "";
  }
};

std::uint64_t at(const void* address) { return reinterpret_cast<std::uint64_t>(address); }
constexpr auto kHere = static_cast<std::uint64_t>(AT_FDCWD);

TEST(TraceWords, NamespacesAreToldByTheirFlags) {
  const Traced traced{.files = {{5, "net:[4026532000]"}}};
  EXPECT_EQ(traced.told(SYS_unshare, {CLONE_NEWNS | CLONE_NEWUTS | CLONE_FS}),
            "unshare(CLONE_NEWNS | CLONE_NEWUTS)");
  EXPECT_EQ(traced.told(SYS_unshare, {CLONE_FS}), "");
  EXPECT_EQ(traced.told(SYS_setns, {5, CLONE_NEWNET}), "setns(net:[4026532000], CLONE_NEWNET)");
  // The signal in clone's low byte is no flag; in clone3's 0x80 is CLONE_NEWTIME.
  EXPECT_EQ(traced.told(SYS_clone, {0x80 | CLONE_VM}), "");
  const std::uint64_t flags = CLONE_NEWPID | 0x80;
  EXPECT_EQ(traced.told(SYS_clone3, {at(&flags)}), "clone3(CLONE_NEWPID | CLONE_NEWTIME)");
}

TEST(TraceWords, MountsInWords) {
  const Traced traced{.files = {{6, "/run/root/proc"}}};
  EXPECT_EQ(traced.told(SYS_mount, {at("none"), at("/"), 0, MS_REC | MS_PRIVATE}),
            "mount(/, rec,private)");
  EXPECT_EQ(
      traced.told(SYS_mount, {at("tmpfs"), at("/dev"), at("tmpfs"), MS_NOSUID, at("mode=755")}),
      "mount(tmpfs on /dev, nosuid, mode=755)");
  EXPECT_EQ(traced.told(SYS_mount, {at("/a"), at("/b"), at("bind"), MS_BIND | MS_REC, at("x")}),
            "mount(/a on /b, bind,rec)");
  EXPECT_EQ(traced.told(SYS_mount, {at("proc"), at("/proc/self/fd/6"), at("proc"), 0, 0}),
            "mount(proc on /run/root/proc)");
  EXPECT_EQ(traced.told(SYS_umount2, {at("."), MNT_DETACH}), "umount2(., MNT_DETACH)");
}

// One mount by the newer calls: each descriptor says what it will be.
TEST(TraceWords, DescriptorsCarryWhatTheyAre) {
  Traced traced;
  const auto opened = traced.words(SYS_fsopen, {at("overlay")});
  ASSERT_TRUE(opened && opened->silent);
  traced.files[7] = opened->names_result;
  const auto set =
      traced.words(SYS_fsconfig, {7, FSCONFIG_SET_STRING, at("lowerdir+"), at("/layer"), 0});
  ASSERT_TRUE(set && set->silent && set->names_fd == 7);
  traced.files[7] = set->names_result;
  const auto made = traced.words(SYS_fsmount, {7, 0, 1});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->call, "fsmount(overlay lowerdir+=/layer, ro)");
  traced.files[8] = made->names_result;
  traced.files[9] = "/root";
  EXPECT_EQ(traced.told(SYS_move_mount, {8, at(""), 9, at("data"), 0}),
            "move_mount(overlay to /root/data)");
  mount_attr attr{};
  attr.attr_set = 1;
  attr.propagation = MS_SLAVE;
  EXPECT_EQ(traced.told(SYS_mount_setattr, {kHere, at("/"), AT_RECURSIVE, at(&attr)}),
            "mount_setattr(/, rec, ro, slave)");
}

TEST(TraceWords, CapabilitiesThatFollowEachOtherAreItems) {
  const auto drop = Traced().words(SYS_prctl, {PR_CAPBSET_DROP, 21});
  ASSERT_TRUE(drop);
  EXPECT_EQ(drop->call, "prctl(PR_CAPBSET_DROP");
  EXPECT_EQ(drop->item, "CAP_SYS_ADMIN");
  // Without a program it is a question.
  EXPECT_FALSE(Traced().words(SYS_seccomp, {1, 0, 0}));
  EXPECT_FALSE(Traced().words(SYS_prctl, {PR_GET_DUMPABLE}));
}

TEST(TraceWords, WritingIsToldOpeningIsNot) {
  Traced traced;
  const auto opened =
      traced.words(SYS_openat, {kHere, at("/sys/fs/cgroup/box/pids.max"), O_WRONLY});
  ASSERT_TRUE(opened && opened->silent);
  traced.files[4] = opened->names_result;
  EXPECT_EQ(traced.told(SYS_write, {4, at("20\n"), 3}), "write(/sys/fs/cgroup/box/pids.max, 20)");
  EXPECT_FALSE(traced.words(SYS_openat, {kHere, at("/sys/fs/cgroup/box/pids.max"), O_RDONLY}));
  EXPECT_FALSE(traced.words(SYS_openat, {kHere, at("/tmp/file"), O_WRONLY}));
  EXPECT_FALSE(traced.words(SYS_write, {1, at("hello"), 5}));
  EXPECT_EQ(traced.told(SYS_mknodat, {kHere, at("/dev/null"), S_IFCHR | 0666, makedev(1, 3)}),
            "mknod(/dev/null, c 1:3)");
  EXPECT_EQ(traced.told(SYS_mknodat, {kHere, at("/run/fifo"), S_IFIFO, 0}), "");
}

TEST(TraceWords, CommandsWithTheirArguments) {
  const char* words[] = {"sh", "-c", "exit 3", nullptr};
  const auto said = Traced().words(SYS_execve, {at("/bin/sh"), at(static_cast<void*>(words))});
  ASSERT_TRUE(said);
  EXPECT_EQ(said->call, "execve(/bin/sh -c exit 3)");
  EXPECT_EQ(said->expected, ENOENT);
}

TEST(TraceWords, MessagesToTheNetwork) {
  Traced traced;
  const auto socket = traced.words(SYS_socket, {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE});
  ASSERT_TRUE(socket && socket->silent);
  traced.files[3] = socket->names_result;
  struct {
    nlmsghdr head{};
    ifinfomsg body{};
    rtattr name{.rta_len = 4 + 5, .rta_type = IFLA_IFNAME};
    char text[8] = "eth0";
  } link;
  link.head = {.nlmsg_len = sizeof link,
               .nlmsg_type = RTM_NEWLINK,
               .nlmsg_flags = 0,
               .nlmsg_seq = 0,
               .nlmsg_pid = 0};
  EXPECT_EQ(traced.told(SYS_sendto, {3, at(&link), sizeof link}), "rtnetlink(RTM_NEWLINK eth0)");
  link.head.nlmsg_type = RTM_GETLINK;
  EXPECT_EQ(traced.told(SYS_sendto, {3, at(&link), sizeof link}), "");
  EXPECT_EQ(traced.told(SYS_sendto, {4, at(&link), sizeof link}), "");
  // What is no message ends the reading.
  link.head.nlmsg_len = 3;
  EXPECT_EQ(traced.told(SYS_sendto, {3, at(&link), sizeof link}), "");
}

}  // namespace
}  // namespace isle::toolbox
