#include "kernel/process_stat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

TEST(ProcessStat, FieldsCountFromTheLastParenthesis) {
  const auto stat = parse_process_stat(
      "7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 3 0 4711 2 3 4 5\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, "a) b (c");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->threads, 3U);
  EXPECT_EQ(stat->start, 4711U);
}

TEST(ProcessStat, WhatIsCutOffIsRefused) {
  for (const char* text : {"",
                           "7",
                           "7 (a",
                           "7 (a) ",
                           "7 (a) S 1 7 7 0 -1 1 1 0 0 0 0 0 0 0 20 0 3 0",
                           "7 (a) S 1 7 7 0 -1 1 1 0 0 0 0 0 0 0 20 0 x 0 4711 2"}) {
    EXPECT_FALSE(parse_process_stat(text)) << text;
  }
}

TEST(ProcessStat, OurOwnIsRead) {
  char before[16] = {};
  ASSERT_EQ(prctl(PR_GET_NAME, before), 0);
  ASSERT_EQ(prctl(PR_SET_NAME, ") S 1 ("), 0);
  const auto stat = read_process_stat(Pid{getpid()});
  ASSERT_EQ(prctl(PR_SET_NAME, before), 0);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, ") S 1 (");
  EXPECT_EQ(stat->state, 'R');
  EXPECT_GE(stat->threads, 1U);
  EXPECT_GT(stat->start, 0U);
}

TEST(ProcessStat, OneThatIsGoneIsToldByErrno) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const auto stat = read_process_stat(Pid{child});
  ASSERT_FALSE(stat);
  EXPECT_EQ(stat.error().errnum, ENOENT);
}

}  // namespace
}  // namespace isle::kernel
