#include "kernel/file_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "kernel/fd.h"

namespace isle::kernel {
namespace {

TEST(FileLock, TellsWhoHasIt) {
  const UniqueFd one = *open_file(HostPath("/tmp"), O_RDWR | O_TMPFILE, 0600);
  EXPECT_FALSE(holder_of(one.get()));
  ASSERT_TRUE(lock_file(one.get(), LOCK_EX, "test"));
  const auto holder = holder_of(one.get());
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->value, getpid());
}

TEST(FileLock, SeveralReadersHaveItAtOnce) {
  const UniqueFd one = *open_file(HostPath("/tmp"), O_RDONLY | O_DIRECTORY);
  const UniqueFd two = *open_file(HostPath("/tmp"), O_RDONLY | O_DIRECTORY);
  ASSERT_TRUE(lock_file(one.get(), LOCK_SH, "test"));
  EXPECT_TRUE(lock_file(two.get(), LOCK_SH, "test"));
}

TEST(FileLock, WhatIsNoFileIsAnError) { EXPECT_FALSE(lock_file(-1, LOCK_EX, "test")); }

}  // namespace
}  // namespace isle::kernel
