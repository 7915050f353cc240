#include "kernel/cgroup/stats.h"

#include <gtest/gtest.h>

namespace isle::kernel::cgroup {
namespace {

TEST(Stats, NumbersAndTheWaysToSayNoLimit) {
  EXPECT_EQ(parse_limit("42\n"), 42U);
  EXPECT_EQ(parse_limit("max\n"), std::nullopt);
  EXPECT_EQ(parse_limit("9223372036854771712\n"), std::nullopt);
  EXPECT_EQ(parse_limit(""), std::nullopt);
  EXPECT_EQ(parse_key("low 0\nmax 7\noom 1\noom_kill 2\n", "oom_kill"), 2U);
  EXPECT_EQ(parse_key("low 0\n", "oom"), std::nullopt);
}

TEST(Stats, IoOfV2IsOneLineADisk) {
  const IoStats stats = parse_io_v2(
      "8:16 rbytes=10 wbytes=20 rios=3 wios=4 dbytes=0 dios=0\n254:0 rbytes=1 wbytes=2\n");
  ASSERT_EQ(stats.size(), 2U);
  EXPECT_EQ(stats[0].major, 8U);
  EXPECT_EQ(stats[0].minor, 16U);
  EXPECT_EQ(stats[0].read_bytes, 10U);
  EXPECT_EQ(stats[0].write_bytes, 20U);
  EXPECT_EQ(stats[0].reads, 3U);
  EXPECT_EQ(stats[0].writes, 4U);
  EXPECT_EQ(stats[1].write_bytes, 2U);
}

TEST(Stats, IoOfV1IsTwoFiles) {
  const IoStats stats = parse_io_v1("8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 1\nTotal 12288\n",
                                    "8:0 Read 1\n8:0 Write 2\nTotal 3\n");
  ASSERT_EQ(stats.size(), 1U);
  EXPECT_EQ(stats[0].read_bytes, 4096U);
  EXPECT_EQ(stats[0].write_bytes, 8192U);
  EXPECT_EQ(stats[0].reads, 1U);
  EXPECT_EQ(stats[0].writes, 2U);
  EXPECT_TRUE(parse_io_v1("Total 0\n", "Total 0\n").empty());
}

TEST(Stats, WorkingSetLeavesOutWhatCanBeDropped) {
  EXPECT_EQ((MemoryStats{.usage = 100, .inactive_file = 30}.working_set()), 70U);
  EXPECT_EQ((MemoryStats{.usage = 10, .inactive_file = 30}.working_set()), 0U);
}

TEST(Stats, AGroupWithoutDirectoriesHasNone) {
  const Stats stats = read_stats(Group::reopen({}, {})).value();
  EXPECT_FALSE(stats.memory || stats.cpu || stats.pids || stats.io);
}

}  // namespace
}  // namespace isle::kernel::cgroup
