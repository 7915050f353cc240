#include "runtime/state/resctrl.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>

#include "kernel/fd.h"

namespace isle::runtime {
namespace {

// A tree of ordinary files in the place of the file system: it makes no files by itself.
class Change : public testing::Test {
 protected:
  HostPath root_;
  oci::Spec spec_;
  void SetUp() override {
    char name[] = "/tmp/isle-resctrl.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = HostPath(name);
    spec_.linux_.emplace();
  }
  void TearDown() override {
    const std::string command = "rm -r " + root_.str();
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
  void add_group(const std::string& name) {
    ASSERT_EQ(mkdir((root_ / name).c_str(), 0755), 0);
    ASSERT_TRUE(kernel::replace_file(root_ / name / "schemata", "L3:0=0f\n", 0644, false));
    ASSERT_TRUE(kernel::replace_file(root_ / name / "tasks", "", 0644, false));
  }
  std::string schemata(const std::string& name) const {
    return MUST(kernel::read_file(root_ / name / "schemata"));
  }
  Result<void> apply(ResctrlChange& change, const CacheShares& shares) {
    return change.apply(
        spec_, shares, [] { return Result<std::vector<Pid>>(std::vector<Pid>{Pid{getpid()}}); });
  }
};

TEST_F(Change, OfTheContainersOwnGroup) {
  add_group("box");
  spec_.linux_->intel_rdt.emplace();
  ResctrlChange change(root_.str(), "box");
  ASSERT_TRUE(apply(change, {.l3_cache_schema = "L3:0=1f", .mem_bw_schema = "MB:0=50"}));
  EXPECT_EQ(schemata("box"), "L3:0=1f\nMB:0=50\n");
  EXPECT_EQ(spec_.linux_->intel_rdt->l3_cache_schema, "L3:0=1f");
  EXPECT_EQ(spec_.linux_->intel_rdt->mem_bw_schema, "MB:0=50");
  change.take_back();
  EXPECT_TRUE(schemata("box").starts_with("L3:0=0f\n"));
}

TEST_F(Change, OfAClassThatOthersHaveIsRefused) {
  add_group("gold");
  spec_.linux_->intel_rdt.emplace().clos_id = "gold";
  ResctrlChange change(root_.str(), "box");
  const auto changed = apply(change, {.l3_cache_schema = "L3:0=1", .mem_bw_schema = ""});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(schemata("gold"), "L3:0=0f\n");
}

// Here the new directory has no files, so that joining fails.
TEST_F(Change, AGroupThatCannotBeJoinedIsTakenBack) {
  ResctrlChange change(root_.str(), "box");
  EXPECT_FALSE(apply(change, {.l3_cache_schema = "L3:0=1", .mem_bw_schema = ""}));
  EXPECT_NE(access((root_ / "box").c_str(), F_OK), 0);
  EXPECT_FALSE(spec_.linux_->intel_rdt);
}

TEST_F(Change, OfLinesThatAreNone) {
  ResctrlChange change(root_.str(), "box");
  const auto two = apply(change, {.l3_cache_schema = "L3:0=1\nL3:1=1", .mem_bw_schema = ""});
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().kind, ErrorKind::InvalidArgument);
  EXPECT_FALSE(apply(change, {.l3_cache_schema = "", .mem_bw_schema = "L3:0=1"}));
}

TEST_F(Change, WithoutTheFileSystemIsRefusedByName) {
  ResctrlChange change("", "box");
  const auto changed = apply(change, {.l3_cache_schema = "L3:0=1", .mem_bw_schema = ""});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::Unsupported);
  EXPECT_TRUE(apply(change, {}));
}

}  // namespace
}  // namespace isle::runtime
