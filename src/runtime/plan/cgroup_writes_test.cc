// One row a conversion: resources in, the writes (or the refusal) out, as text, on v1 and on v2.

#include <gtest/gtest.h>

#include "runtime/plan/test_cgroup.h"

namespace isle::runtime::plan {
namespace {

struct Row {
  const char* name;
  Fill fill;
  const char* v1;
  const char* v2;
};

const Row kMemoryRows[] = {
    {"nothing", [](oci::Resources&) {}, "", ""},
    {"limit",
     mem([](M& m) { m.limit = 1 << 20; }),
     "memory.limit_in_bytes=1048576",
     "memory.max=1048576"},
    {"limit and swap",
     mem([](M& m) {
       m.limit = 100;
       m.swap = 300;
     }),
     "memory.limit_in_bytes=100; memory.memsw.limit_in_bytes=300 (if there)",
     "memory.max=100; memory.swap.max=200 (if there)"},
    {"no swap",
     mem([](M& m) {
       m.limit = 100;
       m.swap = 100;
     }),
     "memory.limit_in_bytes=100; memory.memsw.limit_in_bytes=100 (if there)",
     "memory.max=100; memory.swap.max=0 (if there)"},
    {"unlimited swap",
     mem([](M& m) {
       m.limit = 100;
       m.swap = -1;
     }),
     "memory.limit_in_bytes=100; memory.memsw.limit_in_bytes=-1 (if there)",
     "memory.max=100; memory.swap.max=max (if there)"},
    {"unlimited",
     mem([](M& m) { m.limit = -1; }),
     "memory.limit_in_bytes=-1; memory.memsw.limit_in_bytes=-1 (if there)",
     "memory.max=max; memory.swap.max=max (if there)"},
    {"zero is not set",
     mem([](M& m) {
       m.limit = 0;
       m.swap = 0;
     }),
     "",
     ""},
    {"swap below limit",
     mem([](M& m) {
       m.limit = 1 << 20;
       m.swap = 1 << 10;
     }),
     "refused: linux.resources.memory.swap (1 KiB) counts memory and swap together, so it cannot "
     "be less than memory.limit (1 MiB)",
     "refused: linux.resources.memory.swap (1 KiB) counts memory and swap together, so it cannot "
     "be less than memory.limit (1 MiB)"},
    {"swap alone",
     mem([](M& m) { m.swap = 5; }),
     "refused: linux.resources.memory.swap limits memory and swap together, so it needs "
     "memory.limit",
     "refused: linux.resources.memory.swap limits memory and swap together, so it needs "
     "memory.limit"},
    {"negative",
     mem([](M& m) { m.limit = -2; }),
     "refused: linux.resources.memory.limit is below -1, which is no limit",
     "refused: linux.resources.memory.limit is below -1, which is no limit"},
    {"reservation",
     mem([](M& m) { m.reservation = 4096; }),
     "memory.soft_limit_in_bytes=4096",
     "memory.low=4096"},
    {"swappiness",
     mem([](M& m) { m.swappiness = 60; }),
     "memory.swappiness=60",
     "refused: linux.resources.memory.swappiness cannot be set per group with cgroup v2"},
    {"swappiness too high",
     mem([](M& m) { m.swappiness = 101; }),
     "refused: linux.resources.memory.swappiness is from 0 to 100",
     "refused: linux.resources.memory.swappiness is from 0 to 100"},
    {"no oom killer",
     mem([](M& m) { m.disable_oom_killer = true; }),
     "memory.oom_control=1",
     "refused: linux.resources.memory.disableOOMKiller cannot be had with cgroup v2"},
    {"oom killer", mem([](M& m) { m.disable_oom_killer = false; }), "", ""},
    {"kernel memory",
     mem([](M& m) { m.kernel = 7; }),
     "; warning: linux.resources.memory.kernel is left out: deprecated, kernel memory counts as "
     "memory",
     "; warning: linux.resources.memory.kernel is left out: deprecated, kernel memory counts as "
     "memory"},
};

const Row kCpuRows[] = {
    {"shares", proc([](C& c) { c.shares = 512; }), "cpu.shares=512", "cpu.weight=59"},
    {"quota alone",
     proc([](C& c) { c.quota = 50'000; }),
     "cpu.cfs_quota_us=50000",
     "cpu.max=50000"},
    {"quota and period",
     proc([](C& c) {
       c.quota = 20'000;
       c.period = 50'000;
     }),
     "cpu.cfs_period_us=50000; cpu.cfs_quota_us=20000",
     "cpu.max=20000 50000"},
    {"period alone",
     proc([](C& c) { c.period = 50'000; }),
     "cpu.cfs_period_us=50000",
     "cpu.max=max 50000"},
    {"no quota", proc([](C& c) { c.quota = -1; }), "cpu.cfs_quota_us=-1", "cpu.max=max"},
    {"burst after quota",
     proc([](C& c) {
       c.quota = 20'000;
       c.burst = 10'000;
     }),
     "cpu.cfs_quota_us=20000; cpu.cfs_burst_us=10000",
     "cpu.max=20000; cpu.max.burst=10000"},
    {"no burst before quota",
     proc([](C& c) {
       c.quota = 20'000;
       c.burst = 0;
     }),
     "cpu.cfs_burst_us=0; cpu.cfs_quota_us=20000",
     "cpu.max.burst=0; cpu.max=20000"},
    {"burst above quota",
     proc([](C& c) {
       c.quota = 2000;
       c.burst = 3000;
     }),
     "refused: linux.resources.cpu.burst (3000 us) is more than cpu.quota (2000 us)",
     "refused: linux.resources.cpu.burst (3000 us) is more than cpu.quota (2000 us)"},
    {"tiny quota",
     proc([](C& c) { c.quota = 999; }),
     "refused: linux.resources.cpu.quota (999 us) is below the kernel's least, 1000 us",
     "refused: linux.resources.cpu.quota (999 us) is below the kernel's least, 1000 us"},
    {"long period",
     proc([](C& c) { c.period = 1'000'001; }),
     "refused: linux.resources.cpu.period (1000001 us) is not from 1000 to 1000000 us",
     "refused: linux.resources.cpu.period (1000001 us) is not from 1000 to 1000000 us"},
    {"idle after shares",
     proc([](C& c) {
       c.idle = 1;
       c.shares = 1024;
     }),
     "cpu.shares=1024; cpu.idle=1",
     "cpu.weight=100; cpu.idle=1"},
    {"not idle before shares",
     proc([](C& c) {
       c.idle = 0;
       c.shares = 1024;
     }),
     "cpu.idle=0; cpu.shares=1024",
     "cpu.idle=0; cpu.weight=100"},
    {"real time",
     proc([](C& c) {
       c.realtime_period = 1000;
       c.realtime_runtime = 500;
     }),
     "cpu.rt_period_us=1000; cpu.rt_runtime_us=500",
     "refused: linux.resources.cpu.realtimeRuntime cannot be had with cgroup v2"},
    {"cpuset",
     proc([](C& c) {
       c.cpus = "0-1,3";
       c.mems = "0";
     }),
     "cpuset.cpus=0-1,3; cpuset.mems=0",
     "cpuset.cpus=0-1,3; cpuset.mems=0"},
    {"bad cpuset",
     proc([](C& c) { c.cpus = "all"; }),
     "refused: linux.resources.cpu.cpus \"all\" is no list such as 0-3,7",
     "refused: linux.resources.cpu.cpus \"all\" is no list such as 0-3,7"},
};

const Row kOtherRows[] = {
    {"pids", [](oci::Resources& r) { r.pids_limit = 20; }, "pids.max=20", "pids.max=20"},
    {"any pids", [](oci::Resources& r) { r.pids_limit = -1; }, "pids.max=max", "pids.max=max"},
    {"weight",
     io([](auto& b) { b.weight = 500; }),
     "blkio.bfq.weight=500 else blkio.weight=500",
     "io.bfq.weight=500 else io.weight=4950"},
    {"weight out of range",
     io([](auto& b) { b.weight = 5; }),
     "refused: linux.resources.blockIO.weight (5) is not from 10 to 1000",
     "refused: linux.resources.blockIO.weight (5) is not from 10 to 1000"},
    {"weight of a disk",
     io([](auto& b) { b.weight_device.push_back({8, 16, 100, {}}); }),
     "blkio.bfq.weight_device=8:16 100 else blkio.weight_device=8:16 100",
     "io.bfq.weight=8:16 100 else io.weight=8:16 910"},
    {"leaf weight",
     io([](auto& b) { b.leaf_weight = 100; }),
     "refused: linux.resources.blockIO.leafWeight cannot be had: kernels since 5.0 have no leaf "
     "weight",
     "refused: linux.resources.blockIO.leafWeight cannot be had: kernels since 5.0 have no leaf "
     "weight"},
    {"throttles",
     io([](auto& b) {
       b.throttle_read_bps_device.push_back({8, 0, 1000});
       b.throttle_write_bps_device.push_back({8, 0, 2000});
       b.throttle_read_iops_device.push_back({8, 0, 30});
       b.throttle_write_iops_device.push_back({8, 0, 0});
     }),
     "blkio.throttle.read_bps_device=8:0 1000; blkio.throttle.write_bps_device=8:0 2000; "
     "blkio.throttle.read_iops_device=8:0 30; blkio.throttle.write_iops_device=8:0 0",
     "io.max=8:0 rbps=1000; io.max=8:0 wbps=2000; io.max=8:0 riops=30; io.max=8:0 wiops=max"},
    {"huge pages",
     [](oci::Resources& r) { r.hugepage_limits.push_back({.page_size = "2MB", .limit = 9}); },
     "hugetlb.2MB.limit_in_bytes=9; hugetlb.2MB.rsvd.limit_in_bytes=9 (if there)",
     "hugetlb.2MB.max=9; hugetlb.2MB.rsvd.max=9 (if there)"},
    {"huge page path",
     [](oci::Resources& r) { r.hugepage_limits.push_back({.page_size = "../2MB", .limit = 9}); },
     "refused: linux.resources.hugepageLimits[0].pageSize \"../2MB\" is no size such as 2MB",
     "refused: linux.resources.hugepageLimits[0].pageSize \"../2MB\" is no size such as 2MB"},
    {"network",
     [](oci::Resources& r) {
       r.network.emplace().class_id = 0x100001;
       r.network->priorities.push_back({.name = "eth0", .priority = 5});
     },
     "net_cls.classid=1048577; net_prio.ifpriomap=eth0 5",
     "refused: linux.resources.network.classID needs the net_cls controller, which this host does "
     "not have"},
    {"rdma",
     [](oci::Resources& r) { r.rdma["mlx5"] = {.hca_handles = 2, .hca_objects = 9}; },
     "rdma.max=mlx5 hca_handle=2 hca_object=9",
     "rdma.max=mlx5 hca_handle=2 hca_object=9"},
    {"unified",
     [](oci::Resources& r) {
       r.unified = {{"io.max", "8:0 rbps=1\n8:16 rbps=2\n"}, {"memory.high", "5"}};
     },
     "refused: linux.resources.unified (\"io.max\") needs cgroup v2, which this host does not have",
     "io.max=8:0 rbps=1; io.max=8:16 rbps=2; memory.high=5"},
    {"unified path",
     [](oci::Resources& r) { r.unified = {{"../memory.high", "5"}}; },
     "refused: linux.resources.unified key \"../memory.high\" is a path, not the name of a file",
     "refused: linux.resources.unified key \"../memory.high\" is a path, not the name of a file"},
    {"unified tree file",
     [](oci::Resources& r) { r.unified = {{"cgroup.procs", "1"}}; },
     "refused: linux.resources.unified key \"cgroup.procs\" is the runtime's own business",
     "refused: linux.resources.unified key \"cgroup.procs\" is the runtime's own business"},
    {"unified depth",
     [](oci::Resources& r) { r.unified = {{"cgroup.max.depth", "1"}}; },
     "refused: linux.resources.unified (\"cgroup.max.depth\") needs cgroup v2, which this host "
     "does "
     "not have",
     "cgroup.max.depth=1"},
};

template <std::size_t N>
void expect_rows(const Row (&rows)[N]) {
  for (const Row& row : rows) {
    EXPECT_EQ(plan_words(kV1, row.fill), row.v1) << "v1, " << row.name;
    EXPECT_EQ(plan_words(kV2, row.fill), row.v2) << "v2, " << row.name;
  }
}
TEST(CgroupPlan, Memory) { expect_rows(kMemoryRows); }
TEST(CgroupPlan, Cpu) { expect_rows(kCpuRows); }
TEST(CgroupPlan, Others) { expect_rows(kOtherRows); }

}  // namespace
}  // namespace isle::runtime::plan
