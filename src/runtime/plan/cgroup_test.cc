// What a container joins, what is required, and what an update writes; each single conversion is in
// cgroup_writes_test.cc.

#include "runtime/plan/cgroup.h"

#include <functional>

#include <gtest/gtest.h>

#include "runtime/plan/test_cgroup.h"

namespace isle::runtime::plan {
namespace {

TEST(CgroupPlan, UpdateWritesMemoryInTheOrderTheKernelAccepts) {
  const Fill raise = mem([](M& m) {
    m.limit = 400;
    m.swap = 500;
  });
  const CgroupNow now{.memory_usage = 50, .memory_limit = 100, .memory_swap_limit = 200};
  EXPECT_EQ(plan_words(kV1, raise, {.now = now}),
            "memory.memsw.limit_in_bytes=500 (if there); memory.limit_in_bytes=400");
  const Fill lower = mem([](M& m) {
    m.limit = 80;
    m.swap = 90;
  });
  EXPECT_EQ(plan_words(kV1, lower, {.now = now}),
            "memory.limit_in_bytes=80; memory.memsw.limit_in_bytes=90 (if there)");
  EXPECT_EQ(plan_words(kV2, mem([](M& m) { m.swap = 150; }), {.now = now}),
            "memory.swap.max=50 (if there)");
}

TEST(CgroupPlan, UpdateBelowUsageIsRefusedWhenAsked) {
  const Fill fill = mem([](M& m) {
    m.limit = 40;
    m.check_before_update = true;
  });
  EXPECT_EQ(plan_words(kV2, fill, {.now = CgroupNow{.memory_usage = 50}}),
            "refused: linux.resources.memory.limit of 40 bytes is below the 50 bytes in use");
}

TEST(CgroupPlan, UpdateOfThePeriodKeepsTheQuota) {
  EXPECT_EQ(
      plan_words(kV2, proc([](C& c) { c.period = 50'000; }), {.now = CgroupNow{.cpu_quota = 7000}}),
      "cpu.max=7000 50000");
}

TEST(CgroupPlan, JoinsWhatLaterCommandsNeedAndWhatIsAskedFor) {
  oci::Resources resources;
  CgroupPlan plan = plan_cgroup(resources, "isle/1", kV1).value();
  EXPECT_EQ(plan.path, "/isle/1");
  EXPECT_EQ(plan.join.words(), "cpu cpuacct memory devices freezer io pids");
  EXPECT_EQ(plan.required.words(), "devices");
  resources.cpu.emplace().cpus = "0";
  resources.pids_limit = 5;
  plan = plan_cgroup(resources, "isle/1", kV1).value();
  EXPECT_EQ(plan.join.words(), "cpu cpuacct cpuset memory devices freezer io pids");
  EXPECT_EQ(plan.required.words(), "cpuset devices pids");
}

TEST(CgroupPlan, ARealTimeProcessStaysInTheCallersCpuGroupOfV1) {
  oci::Resources resources;
  const CgroupOptions real_time{.real_time = true};
  EXPECT_EQ(plan_cgroup(resources, "/x", kV1, real_time)->join.words(),
            "cpuacct memory devices freezer io pids");
  EXPECT_EQ(plan_cgroup(resources, "/x", kV2, real_time)->join,
            plan_cgroup(resources, "/x", kV2)->join);
  // Mounted together, as most distributions have it, both stay out.
  Layout joint = layout_of(ControllerSet{Controller::Cpu, Controller::Pids}, {});
  joint.hierarchies[0].controllers.add(Controller::Cpuacct);
  EXPECT_EQ(plan_cgroup(resources, "/x", joint, real_time)->join.words(), "pids");
  // A budget, or any other limit of the CPU that is asked for, needs the group.
  resources.cpu.emplace().realtime_runtime = 500;
  EXPECT_TRUE(plan_cgroup(resources, "/x", kV1, real_time)->join.has(Controller::Cpu));
}

TEST(CgroupPlan, HybridHostSplitsBetweenBothVersions) {
  const Layout hybrid =
      layout_of(kAllV1 - ControllerSet{Controller::Hugetlb}, ControllerSet{Controller::Hugetlb});
  oci::Resources resources;
  EXPECT_FALSE(plan_cgroup(resources, "/x", hybrid)->join.has(Controller::Hugetlb));
  resources.hugepage_limits.push_back({.page_size = "2MB", .limit = 9});
  resources.pids_limit = 5;
  const CgroupPlan plan = plan_cgroup(resources, "/x", hybrid).value();
  ASSERT_EQ(plan.writes.size(), 3U);
  EXPECT_FALSE(plan.writes[0].v2);
  EXPECT_EQ(plan.writes[1].file, "hugetlb.2MB.max");
  EXPECT_TRUE(plan.writes[1].v2);
  EXPECT_EQ(plan_words(hybrid, [](oci::Resources& r) { r.unified = {{"memory.high", "1"}}; }),
            "refused: linux.resources.unified (\"memory.high\") needs cgroup v2, but this host has "
            "the memory controller on v1");
}

TEST(CgroupPlan, AMissingControllerMattersOnlyWhenAskedFor) {
  const Layout bare = layout_of({}, ControllerSet{Controller::Devices, Controller::Freezer});
  EXPECT_EQ(plan_words(bare, [](oci::Resources&) {}), "");
  EXPECT_EQ(plan_words(bare, mem([](M& m) { m.limit = 1; })),
            "refused: linux.resources.memory.limit needs the memory controller, which this host "
            "does not have");
  EXPECT_EQ(plan_words(layout_of({}, {}), [](oci::Resources&) {}),
            "; warning: devices are not restricted: this host has no devices controller");
  EXPECT_EQ(plan_words(layout_of({}, {}), [](oci::Resources& r) { r.devices.push_back({}); }),
            "refused: linux.resources.devices needs the devices controller, which this host does "
            "not have");
}

TEST(CgroupPlan, DevicesAreDeniedButTheUsualOnes) {
  const CgroupPlan plan = plan_cgroup({}, "/x", kV2).value();
  ASSERT_TRUE(plan.devices);
  EXPECT_FALSE(plan.devices->allow_by_default);
  EXPECT_EQ(plan.devices->exceptions.size(), 8U);
  EXPECT_EQ(to_string(plan.devices->exceptions[0]), "c 1:3 rwm");
  EXPECT_FALSE(plan_cgroup({}, "/x", kV2, {.restrict_devices = false})->devices);
}

TEST(CgroupPlan, APrivilegedContainerHasNoDeviceRules) {
  oci::Resources resources;
  oci::DeviceRule& everything = resources.devices.emplace_back();
  everything.allow = true;
  everything.access = "rwm";
  EXPECT_FALSE(plan_cgroup(resources, "/x", kV1)->devices);
}

TEST(CgroupPlan, ABadDeviceRuleIsNamed) {
  const auto refused = [](const std::function<void(oci::DeviceRule&)>& fill) {
    return plan_words(kV1, [&](oci::Resources& r) { fill(r.devices.emplace_back()); });
  };
  EXPECT_EQ(refused([](auto& rule) { rule.type = "p"; }),
            "refused: linux.resources.devices[0].type \"p\" is none of a, b and c");
  EXPECT_EQ(refused([](auto& rule) { rule.access = "rx"; }),
            "refused: linux.resources.devices[0].access \"rx\" is not made of r, w and m");
  EXPECT_EQ(refused([](auto& rule) { rule.major = -2; }),
            "refused: linux.resources.devices[0].major is no device number");
}

TEST(CgroupPlan, APathOutOfTheTreeIsRefused) {
  const auto plan = plan_cgroup({}, "/isle/../../etc", kV2);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::InvalidArgument);
}

TEST(CgroupWeights, MeetAtTheUsualValuesAndTheEnds) {
  EXPECT_EQ(weight_of_shares(0), 1U);
  EXPECT_EQ(weight_of_shares(2), 1U);
  EXPECT_EQ(weight_of_shares(1024), 100U);
  EXPECT_EQ(weight_of_shares(262'144), 10'000U);
  EXPECT_EQ(io_weight_of_blkio(10), 1U);
  EXPECT_EQ(io_weight_of_blkio(1000), 10'000U);
  for (std::uint64_t shares = 3; shares < 300'000; shares += 7) {
    EXPECT_LE(weight_of_shares(shares - 1), weight_of_shares(shares));
  }
}

}  // namespace
}  // namespace isle::runtime::plan
