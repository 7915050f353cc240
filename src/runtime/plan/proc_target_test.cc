#include "runtime/plan/proc_target.h"

#include <gtest/gtest.h>

namespace isle::runtime::plan {
namespace {

TEST(ProcTarget, OnlyProcfsOnProcAndFewFilesInside) {
  EXPECT_TRUE(check_proc_target("proc", "proc", "/proc", ""));
  EXPECT_TRUE(check_proc_target("bind", "/proc", "/proc", ""));
  EXPECT_TRUE(check_proc_target("bind", "/lxcfs/meminfo", "/proc/meminfo", ""));
  EXPECT_TRUE(check_proc_target("bind", "/tmp", "/process", ""));
  EXPECT_FALSE(check_proc_target("tmpfs", "", "/proc", ""));
  const auto inside = check_proc_target("tmpfs", "", "/proc/sys", "--tmpfs");
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().kind, ErrorKind::Denied);
  EXPECT_TRUE(inside.error().message.starts_with("--tmpfs: ")) << inside.error().message;
}

}  // namespace
}  // namespace isle::runtime::plan
