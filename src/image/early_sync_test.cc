#include "image/early_sync.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace isle::image {
namespace {

namespace fs = std::filesystem;

class EarlySyncTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "isle-sync-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
  }
  void TearDown() override { fs::remove_all(base_); }
  static bool has_children() {
    siginfo_t info{};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  }

  fs::path base_;
};

TEST_F(EarlySyncTest, LittleIsNotWorthAChild) {
  const Store store(HostPath(base_), Unpacker::Root);
  EXPECT_FALSE(EarlySync::start(store, 1 << 20));
  EXPECT_FALSE(has_children());
}

TEST_F(EarlySyncTest, TheChildWorksWhenAskedAndEndsWithIt) {
  const Store store(HostPath(base_), Unpacker::Root);
  {
    std::optional<EarlySync> sync = EarlySync::start(store, 1 << 30);
    ASSERT_TRUE(sync);
    EXPECT_TRUE(has_children());
    // More requests than a pipe holds hold nobody up.
    for (std::uint64_t came = 0; came < (std::uint64_t{70'000} << 24); came += 1 << 24) {
      sync->has_come(came);
    }
  }
  EXPECT_FALSE(has_children());
}

}  // namespace
}  // namespace isle::image
