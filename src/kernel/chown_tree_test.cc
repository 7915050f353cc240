#include "kernel/chown_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "kernel/beneath.h"
#include "kernel/fd.h"

namespace isle::kernel {
namespace {

class ChownTree : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
    char name[] = "/tmp/isle-chown-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    top_ = name;
  }
  void TearDown() override {
    if (top_.empty()) return;
    const auto parent = open_file(HostPath("/tmp"), O_RDONLY | O_DIRECTORY);
    EXPECT_TRUE(parent && remove_tree(parent->get(), top_.substr(5)));
  }
  void make_file(const std::string& name) const {
    EXPECT_TRUE(open_file(HostPath(top_ + name), O_WRONLY | O_CREAT, 0644));
  }
  void make_directory(const std::string& name) const {
    EXPECT_EQ(mkdir((top_ + name).c_str(), 0755), 0);
  }
  uid_t owner(const std::string& name) const {
    struct stat look{};
    EXPECT_EQ(lstat((top_ + name).c_str(), &look), 0);
    return look.st_uid;
  }
  Result<void> give(const std::string& name) const {
    const UniqueFd file = TRY(open_file(HostPath(top_ + name), O_PATH));
    return chown_tree(file.get(), 1234, 1234);
  }
  std::string top_;
};

TEST_F(ChownTree, GivesAllOfATreeAndNothingThatLinksLeadTo) {
  make_directory("/tree");
  make_directory("/tree/deep");
  make_file("/tree/deep/file");
  make_file("/outside");
  ASSERT_EQ(symlink("../outside", (top_ + "/tree/link").c_str()), 0);
  ASSERT_TRUE(give("/tree"));
  EXPECT_EQ(owner("/tree"), 1234U);
  EXPECT_EQ(owner("/tree/deep/file"), 1234U);
  EXPECT_EQ(owner("/tree/link"), 1234U);
  EXPECT_EQ(owner("/outside"), 0U);
}

TEST_F(ChownTree, GivesASingleFile) {
  make_file("/file");
  ASSERT_TRUE(give("/file"));
  EXPECT_EQ(owner("/file"), 1234U);
}

TEST_F(ChownTree, LeavesTheWorkingDirectoryAsItWas) {
  make_directory("/tree");
  char before[4096];
  char after[4096];
  ASSERT_NE(getcwd(before, sizeof before), nullptr);
  ASSERT_TRUE(give("/tree"));
  ASSERT_NE(getcwd(after, sizeof after), nullptr);
  EXPECT_STREQ(before, after);
}

}  // namespace
}  // namespace isle::kernel
