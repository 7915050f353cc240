#include <gtest/gtest.h>

#include "runtime/state/update.h"

namespace isle::runtime {
namespace {

TEST(MergeResources, WhatIsLeftOutStays) {
  oci::Resources now;
  now.memory = oci::MemoryResources{.limit = 100, .swap = 200};
  now.pids_limit = 5;
  oci::Resources change;
  change.memory = oci::MemoryResources{.limit = 50, .swap = 0};
  change.cpu = oci::CpuResources{.quota = 1000};
  merge_resources(now, change);
  EXPECT_EQ(now.memory->limit, 50);
  EXPECT_EQ(now.memory->swap, 200);  // 0 is "not set"
  EXPECT_EQ(now.pids_limit, 5);
  EXPECT_EQ(now.cpu->quota, 1000);
}

TEST(MergeResources, DisksAreMatchedAndDevicesStay) {
  oci::Resources now;
  now.block_io.emplace();
  now.block_io->throttle_read_bps_device = {{.major = 8, .minor = 0, .rate = 1}};
  now.devices = {{.allow = false}};
  oci::Resources change;
  change.block_io.emplace();
  change.block_io->throttle_read_bps_device = {{.major = 8, .minor = 16, .rate = 2},
                                               {.major = 8, .minor = 0, .rate = 3}};
  change.devices = {{.allow = true}};
  change.unified["pids.max"] = "7";
  merge_resources(now, change);
  ASSERT_EQ(now.block_io->throttle_read_bps_device.size(), 2U);
  EXPECT_EQ(now.block_io->throttle_read_bps_device[0].rate, 3U);
  EXPECT_EQ(now.block_io->throttle_read_bps_device[1].rate, 2U);
  EXPECT_FALSE(now.devices[0].allow);
  EXPECT_EQ(now.unified.at("pids.max"), "7");
}

}  // namespace
}  // namespace isle::runtime
