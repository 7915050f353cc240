#include "engine/stats.h"

#include <gtest/gtest.h>

namespace isle::engine {
namespace {

TEST(NetDev, SumsAllDevicesButLoopback) {
  const NetworkCounters sum = parse_net_dev(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
      "    lo:    1000      10    0    0    0     0          0         0     1000      10    0\n"
      "  eth0:     250       5    0    0    0     0          0         0      130       2    0\n"
      "  eth1:7       5    0    0    0     0          0         0      3       2    0\n");
  EXPECT_EQ(sum, (NetworkCounters{.received = 257, .sent = 133}));
}

TEST(NetDev, WhatIsNoTableIsNothing) {
  EXPECT_EQ(parse_net_dev(""), NetworkCounters{});
  EXPECT_EQ(parse_net_dev("eth0: 1 2 3\n"), NetworkCounters{});
}

Usage at(std::int64_t time_ns, std::uint64_t cpu_ns) {
  Usage usage;
  usage.time_ns = time_ns;
  usage.stats.cpu = kernel::cgroup::CpuStats{.usage = cpu_ns};
  return usage;
}

TEST(CpuPercent, IsOfOneCpu) {
  EXPECT_DOUBLE_EQ(cpu_percent(at(0, 0), at(1'000'000'000, 1'500'000'000)), 150);
  EXPECT_DOUBLE_EQ(cpu_percent(at(0, 500), at(1000, 750)), 25);
}

TEST(CpuPercent, WithoutATimeOrAfterARestartIsNone) {
  EXPECT_DOUBLE_EQ(cpu_percent(at(5, 0), at(5, 10)), 0);
  EXPECT_DOUBLE_EQ(cpu_percent(at(0, 900), at(1000, 10)), 0);
  EXPECT_DOUBLE_EQ(cpu_percent(Usage{}, at(1000, 10)), 0);
}

TEST(MemoryUse, IsTheWorkingSetAndTheLimitAtMostTheMachine) {
  Usage usage;
  EXPECT_GT(memory_use(usage).limit, 1'000'000U);
  usage.stats.memory =
      kernel::cgroup::MemoryStats{.usage = 5000, .limit = 9000, .inactive_file = 1000};
  EXPECT_EQ(memory_use(usage).used, 4000U);
  EXPECT_EQ(memory_use(usage).limit, 9000U);
}

}  // namespace
}  // namespace isle::engine
