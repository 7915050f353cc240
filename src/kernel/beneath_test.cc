#include "kernel/beneath.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

namespace fs = std::filesystem;

class Beneath : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "isle-beneath-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    fs::create_directories(base_ / "root/a/b");
    std::ofstream(base_ / "root/a/b/file") << "inside";
    std::ofstream(base_ / "outside") << "precious";
    fs::create_directory_symlink("..", base_ / "root/up");
    fs::create_symlink(base_ / "outside", base_ / "root/a/link");
    root_ = MUST(open_file(HostPath(base_ / "root"), O_RDONLY | O_DIRECTORY));
  }
  void TearDown() override { fs::remove_all(base_); }

  fs::path base_;
  UniqueFd root_;
};

TEST_F(Beneath, OpensWhatIsBelow) {
  const UniqueFd file = MUST(open_beneath(root_.get(), "a/b/file", O_RDONLY));
  EXPECT_EQ(MUST(read_all(file.get())), "inside");
  EXPECT_FALSE(MUST(open_beneath_if_exists(root_.get(), "a/none", O_RDONLY)));
  EXPECT_EQ(open_beneath(root_.get(), "a/none", O_RDONLY).error().kind, ErrorKind::NotFound);
}

TEST_F(Beneath, RefusesEveryWayOut) {
  for (const char* path :
       {"..", "../outside", "a/../../outside", "/etc/passwd", "up/outside", "a/link", "up"}) {
    const Result<UniqueFd> fd = open_beneath_if_exists(root_.get(), path, O_RDONLY);
    EXPECT_FALSE(fd) << path;
  }
  EXPECT_THAT(open_beneath(root_.get(), "a/link", O_RDONLY).error().message,
              testing::HasSubstr("symbolic link"));
}

TEST_F(Beneath, RemovesTreesButFollowsNothing) {
  fs::permissions(base_ / "root/a/b", fs::perms::none);
  fs::permissions(base_ / "root/a", fs::perms::owner_read | fs::perms::owner_exec);
  MUST(remove_tree(root_.get(), "a"));
  MUST(remove_tree(root_.get(), "up"));
  MUST(remove_tree(root_.get(), "none"));
  EXPECT_TRUE(fs::is_empty(base_ / "root"));
  EXPECT_TRUE(fs::exists(base_ / "outside"));
}

TEST_F(Beneath, RemovesDeepTrees) {
  fs::path deep = base_ / "root/deep";
  for (int i = 0; i < 200; ++i) deep /= "directory";
  fs::create_directories(deep);
  MUST(remove_tree(root_.get(), "deep"));
  EXPECT_FALSE(fs::exists(base_ / "root/deep"));
}

// A container can make what no path can name, and more levels than a process has descriptors.
TEST_F(Beneath, RemovesWhatIsDeeperThanPathsAndDescriptors) {
  constexpr int kLevels = 10'000;
  ASSERT_EQ(mkdirat(root_.get(), "deep", 0755), 0);
  UniqueFd at = MUST(open_at(root_.get(), "deep", O_RDONLY | O_DIRECTORY));
  // Names that removal itself would like to use.
  ASSERT_EQ(mkdirat(at.get(), ".deep-1", 0555), 0);
  for (int i = 0; i < kLevels; ++i) {
    ASSERT_EQ(mkdirat(at.get(), "d", 0755), 0);
    ASSERT_EQ(mkdirat(at.get(), "e", 0555), 0);
    at = MUST(open_at(at.get(), "d", O_RDONLY | O_DIRECTORY));
  }
  at.reset();
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit few{.rlim_cur = 200, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const Result<void> removed = remove_tree(root_.get(), "deep");
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_TRUE(removed) << removed.error().describe();
  EXPECT_FALSE(fs::exists(base_ / "root/deep"));
}

}  // namespace
}  // namespace isle::kernel
