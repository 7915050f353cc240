#include "kernel/resctrl.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel {
namespace {

TEST(Schemata, AreComparedByMeaning) {
  const std::string_view file = "    MB:0=100;1= 70\n    L3:0=007f0;1=0001f\n";
  EXPECT_TRUE(schemata_has(file, "L3:0=7f0;1=1f"));
  EXPECT_TRUE(schemata_has(file, "L3:1=1F"));
  EXPECT_TRUE(schemata_has(file, "MB:1=70"));
  EXPECT_FALSE(schemata_has(file, "L3:0=7f1"));
  EXPECT_FALSE(schemata_has(file, "L3:2=7f0"));
  EXPECT_FALSE(schemata_has(file, "L2:0=7f0"));
}

// A tree of ordinary files in the place of the file system: it makes no files by itself.
class Resctrl : public testing::Test {
 protected:
  HostPath root_;
  void SetUp() override {
    char name[] = "/tmp/isle-resctrl.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = HostPath(name);
    add_group("gold", "L3:0=0f\n");
  }
  void TearDown() override {
    const std::string command = "rm -r " + root_.str();
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
  void add_group(const std::string& name, std::string_view schemata) {
    ASSERT_EQ(mkdir((root_ / name).c_str(), 0755), 0);
    ASSERT_EQ(mkdir((root_ / name / "mon_groups").c_str(), 0755), 0);
    ASSERT_TRUE(replace_file(root_ / name / "schemata", schemata, 0644, false));
    ASSERT_TRUE(replace_file(root_ / name / "tasks", "", 0644, false));
  }
  bool exists(const std::string& name) const { return access((root_ / name).c_str(), F_OK) == 0; }
  ResctrlGroup group(std::string name, std::string monitor = "") const {
    return {.root = root_, .group = std::move(name), .monitor = std::move(monitor)};
  }
};

TEST_F(Resctrl, JoinsOneThatIsThere) {
  ASSERT_TRUE(join_resctrl(group("gold"), ResctrlMaking::MustExist, {}, {42}));
  EXPECT_EQ(MUST(read_file(root_ / "gold/tasks")), "42");
  EXPECT_EQ(MUST(read_file(root_ / "gold/schemata")), "L3:0=0f\n");
}

TEST_F(Resctrl, OneThatIsThereIsComparedNotChanged) {
  EXPECT_TRUE(join_resctrl(group("gold"), ResctrlMaking::MayExist, {"L3:0=f"}, {42}));
  const auto other = join_resctrl(group("gold"), ResctrlMaking::MayExist, {"L3:0=1"}, {43});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(MUST(read_file(root_ / "gold/tasks")), "42");
  EXPECT_EQ(MUST(read_file(root_ / "gold/schemata")), "L3:0=0f\n");
}

TEST_F(Resctrl, OneThatMustBeThereIsNotMade) {
  const auto joined = join_resctrl(group("silver"), ResctrlMaking::MustExist, {}, {42});
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().kind, ErrorKind::NotFound);
  EXPECT_FALSE(exists("silver"));
}

TEST_F(Resctrl, SharesOfOneThatIsThereChange) {
  EXPECT_EQ(MUST(change_schemata(group("gold"), {"L3:0=1f", "MB:0=50"})), "L3:0=0f\n");
  EXPECT_EQ(MUST(read_file(root_ / "gold/schemata")), "L3:0=1f\nMB:0=50\n");
  EXPECT_FALSE(change_schemata(group("silver"), {"L3:0=1"}));
}

// Here the new directory has no files, so that writing to them fails.
TEST_F(Resctrl, WhatWasMadeIsTakenBack) {
  EXPECT_FALSE(join_resctrl(group("box"), ResctrlMaking::New, {"L3:0=1"}, {42}));
  EXPECT_FALSE(exists("box"));
  EXPECT_FALSE(join_resctrl(group("gold", "box"), ResctrlMaking::MustExist, {}, {42}));
  EXPECT_FALSE(exists("gold/mon_groups/box"));
}

TEST_F(Resctrl, RemovesWhatTheContainerHad) {
  ASSERT_EQ(mkdir((root_ / "gold/mon_groups/box").c_str(), 0755), 0);
  ASSERT_TRUE(remove_resctrl(group("gold", "box"), false));
  EXPECT_FALSE(exists("gold/mon_groups/box"));
  EXPECT_TRUE(exists("gold"));
  EXPECT_TRUE(remove_resctrl(group("none"), true));
}

}  // namespace
}  // namespace isle::kernel
