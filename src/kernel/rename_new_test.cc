#include "kernel/rename_new.h"

#include <cerrno>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

TEST(RenameNew, TakesNobodysPlace) {
  char top[] = "/tmp/isle-rename-XXXXXX";
  ASSERT_NE(mkdtemp(top), nullptr);
  const std::string one = std::string(top) + "/one", two = std::string(top) + "/two";
  ASSERT_EQ(mkdir(one.c_str(), 0700), 0);
  ASSERT_EQ(mkdir((two).c_str(), 0700), 0);
  const Result<void> refused = rename_new(AT_FDCWD, one, AT_FDCWD, two);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errnum, EEXIST);
  EXPECT_TRUE(rename_new(AT_FDCWD, one, AT_FDCWD, std::string(top) + "/three"));
  EXPECT_EQ(access(one.c_str(), F_OK), -1);
  const Result<void> absent = rename_new(AT_FDCWD, one, AT_FDCWD, std::string(top) + "/four");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::NotFound);
  std::filesystem::remove_all(top);
}

}  // namespace
}  // namespace isle::kernel
