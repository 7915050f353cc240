#include "kernel/mountinfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

constexpr std::string_view kText =
    "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
    "40 36 0:4 net:[4026532000] /run/netns/a\\040b rw shared:7 propagate_from:2 - nsfs nsfs rw\n"
    "broken line\n"
    "41 36 0:57 / /proc rw unbindable - proc proc rw\n";

TEST(Mountinfo, LinesAreTakenApart) {
  const auto mounts = parse_mounts(kText);
  ASSERT_EQ(mounts.size(), 3U);
  EXPECT_EQ(mounts[0].id, 36);
  EXPECT_EQ(mounts[0].parent, 35);
  EXPECT_EQ(mounts[0].master, 1);
  EXPECT_EQ(mounts[0].super_options, "rw,errors=continue");
  EXPECT_EQ(mounts[1].point, "/run/netns/a b");
  EXPECT_EQ(mounts[1].root, "net:[4026532000]");
  EXPECT_EQ(mounts[1].shared, 7);
  EXPECT_EQ(mounts[1].propagate_from, 2);
  EXPECT_TRUE(mounts[2].unbindable);
}

TEST(Mountinfo, OnlyThoseOfAType) {
  const auto mounts = parse_mounts_of(kText, "nsfs");
  ASSERT_EQ(mounts.size(), 1U);
  EXPECT_EQ(mounts[0].id, 40);
  EXPECT_EQ(parse_mounts_of(kText, "proc").size(), 1U);
  EXPECT_TRUE(parse_mounts_of(kText, "ext4").empty());
  EXPECT_TRUE(parse_mounts_of("", "proc").empty());
}

TEST(Mountinfo, AMountPointThatSpellsATypeIsNoMountOfIt) {
  EXPECT_TRUE(parse_mounts_of("40 36 0:4 / /a rw - tmpfs\\040-\\040nsfs x rw\n", "nsfs").empty());
}

TEST(Mountinfo, BrokenEscapesStay) {
  EXPECT_EQ(unescape_mount("a\\04"), "a\\04");
  EXPECT_EQ(unescape_mount("\\134\\011"), "\\\t");
}

}  // namespace
}  // namespace isle::kernel
