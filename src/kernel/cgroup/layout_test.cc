#include "kernel/cgroup/layout.h"

#include <gtest/gtest.h>

namespace isle::kernel::cgroup {
namespace {

constexpr std::string_view kRoot = "22 1 254:0 / / rw - ext4 /dev/vda rw\n";

constexpr std::string_view kPureV2 =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "24 22 0:20 / /sys rw,nosuid shared:2 - sysfs sysfs rw\n"
    "29 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

constexpr std::string_view kPureV1 =
    "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
    "31 22 0:28 / /sys/fs/cgroup ro shared:9 - tmpfs tmpfs ro,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/systemd rw shared:10 - cgroup cgroup rw,xattr,name=systemd\n"
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 31 0:31 / /sys/fs/cgroup/memory rw shared:12 - cgroup cgroup rw,memory\n"
    "35 31 0:32 / /sys/fs/cgroup/net_cls,net_prio rw - cgroup cgroup rw,net_cls,net_prio\n"
    "36 31 0:33 / /sys/fs/cgroup/perf_event rw - cgroup cgroup rw,perf_event\n"
    "37 31 0:34 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n";

constexpr std::string_view kHybrid =
    "23 1 254:0 / / rw - ext4 /dev/vda rw\n"
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST(Layout, PureV2HoldsListedAndBuiltInControllers) {
  const Layout layout = parse_layout(kPureV2, "0::/user.slice/x.scope\n", "cpu io memory pids\n");
  EXPECT_EQ(layout.kind(), "v2");
  ASSERT_NE(layout.v2(), nullptr);
  EXPECT_EQ(layout.v2()->mount, "/sys/fs/cgroup");
  EXPECT_EQ(layout.v2()->own_group(), "/user.slice/x.scope");
  EXPECT_EQ(layout.v2()->controllers.words(), "cpu cpuacct memory devices freezer io pids");
  EXPECT_FALSE(layout.has(Controller::Cpuset));
  EXPECT_TRUE(layout.on_v2(Controller::Devices));
}

TEST(Layout, PureV1SharesOneHierarchyBetweenControllersMountedTogether) {
  const Layout layout = parse_layout(
      kPureV1, "5:cpu,cpuacct:/a\n4:memory:/b\n3:net_cls,net_prio:/\n1:name=systemd:/init\n", "");
  EXPECT_EQ(layout.kind(), "v1");
  EXPECT_EQ(layout.v2(), nullptr);
  EXPECT_EQ(layout.hierarchies.size(), 5U);
  EXPECT_EQ(layout.find(Controller::Cpu), layout.find(Controller::Cpuacct));
  EXPECT_EQ(layout.find(Controller::Cpu)->own_path, "/a");
  EXPECT_EQ(layout.find(Controller::Memory)->own_path, "/b");
  EXPECT_EQ(layout.find(Controller::Systemd)->own_path, "/init");
  EXPECT_EQ(layout.find(Controller::Io)->mount, "/sys/fs/cgroup/blkio");
  EXPECT_FALSE(layout.has(Controller::Freezer));
}

TEST(Layout, HybridKeepsWhatV1HoldsOnV1) {
  const Layout layout =
      parse_layout(kHybrid, "4:memory:/process\n2:cpuacct:/\n0::/\n", "hugetlb memory\n");
  EXPECT_EQ(layout.kind(), "hybrid");
  EXPECT_FALSE(layout.on_v2(Controller::Memory));
  EXPECT_EQ(layout.find(Controller::Memory)->own_path, "/process");
  EXPECT_TRUE(layout.on_v2(Controller::Hugetlb));
  EXPECT_EQ(layout.v2()->controllers.words(), "devices freezer hugetlb");
  EXPECT_EQ(layout.hierarchies.back().version, Version::V2);
}

TEST(Layout, BindMountOfAContainersGroupIsSeenFromItsRoot) {
  const std::string mounts =
      std::string(kRoot) +
      "40 22 0:26 /docker/abc /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n";
  const Layout inside = parse_layout(mounts, "0::/docker/abc/inner\n", "memory");
  EXPECT_EQ(inside.v2()->own_group(), "/inner");
  EXPECT_TRUE(inside.v2()->read_only);
  EXPECT_EQ(parse_layout(mounts, "0::/docker/abc\n", "").v2()->own_group(), "/");
  EXPECT_EQ(parse_layout(mounts, "0::/docker/abcd\n", "").v2()->own_group(), std::nullopt);
}

TEST(Layout, MountsHiddenByALaterOneAreAbsent) {
  const std::string mounts = std::string(kHybrid) +
                             "50 31 0:50 / /sys/fs/cgroup rw - tmpfs view rw\n"
                             "51 50 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const Layout layout = parse_layout(mounts, "4:memory:/m\n2:cpuacct:/\n0::/\n", "");
  EXPECT_EQ(layout.kind(), "v1");
  EXPECT_TRUE(layout.has(Controller::Memory));
  EXPECT_FALSE(layout.has(Controller::Cpuacct));
  EXPECT_EQ(layout.v2(), nullptr);
}

TEST(Layout, WholeTreeIsPreferredToABindMountOfAPart) {
  const std::string mounts = std::string(kRoot) +
                             "40 22 0:26 /part /a\\040b rw - cgroup2 cgroup2 rw\n"
                             "41 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
  EXPECT_EQ(parse_layout(mounts, "0::/\n", "").v2()->mount, "/sys/fs/cgroup");
  const std::string part = mounts.substr(0, mounts.find("41 22"));
  EXPECT_EQ(parse_layout(part, "0::/\n", "").v2()->mount, "/a b");
}

TEST(Layout, NothingMountedIsNoError) {
  const Layout layout = parse_layout(kRoot, "0::/\n", "");
  EXPECT_EQ(layout.kind(), "none");
  EXPECT_EQ(layout.find(Controller::Memory), nullptr);
}

TEST(Layout, HoldingFindsTheHierarchyOfADirectory) {
  const Layout layout = parse_layout(kHybrid, "", "");
  EXPECT_EQ(layout.holding("/sys/fs/cgroup/memory/isle/1")->mount, "/sys/fs/cgroup/memory");
  EXPECT_EQ(layout.holding("/sys/fs/cgroup/memoryx"), nullptr);
  EXPECT_EQ(layout.find(Controller::Memory)->directory("/isle/1"), "/sys/fs/cgroup/memory/isle/1");
}

TEST(Layout, OfThisHostIsRead) {
  const auto layout = detect_layout();
  ASSERT_TRUE(layout) << layout.error().describe();
}

}  // namespace
}  // namespace isle::kernel::cgroup
