#include "runtime/plan/systemd_scope.h"

#include <gtest/gtest.h>

namespace isle::runtime::plan {
namespace {

using kernel::UnitProperty;
using kernel::cgroup::Controller;

const Systemd kSystem{.user = false, .group = ""};
const Systemd kUser{.user = true, .group = "/user.slice/user-7.slice/user@7.service"};

TEST(SystemdScope, NameIsSlicePrefixName) {
  const ScopePlan scope = MUST(plan_scope("machine.slice:libpod:ab12", "ab12", kSystem));
  EXPECT_EQ(scope.unit, "libpod-ab12.scope");
  EXPECT_EQ(scope.slice, "machine.slice");
  EXPECT_EQ(scope.path, "/machine.slice/libpod-ab12.scope");
}

TEST(SystemdScope, WhatIsEmptyHasADefault) {
  EXPECT_EQ(MUST(plan_scope("", "box", kSystem)).path, "/system.slice/islet-box.scope");
  EXPECT_EQ(MUST(plan_scope("::box", "box", kSystem)).path, "/system.slice/box.scope");
  EXPECT_EQ(MUST(plan_scope("", "box", kUser)).path,
            "/user.slice/user-7.slice/user@7.service/user.slice/islet-box.scope");
}

TEST(SystemdScope, SlicesNestByTheirDashes) {
  EXPECT_EQ(MUST(slice_path("a.slice")), "/a.slice");
  EXPECT_EQ(MUST(slice_path("a-b-c.slice")), "/a.slice/a-b.slice/a-b-c.slice");
  EXPECT_EQ(MUST(slice_path("-.slice")), "");
  for (const char* bad :
       {"", "a", ".slice", "a--b.slice", "-a.slice", "a-.slice", "a/b.slice", "../x.slice"}) {
    EXPECT_FALSE(slice_path(bad)) << bad;
  }
}

TEST(SystemdScope, OtherFormsAreRefusedByName) {
  for (const char* bad : {"/isle/box",
                          "a.slice:b",
                          "a.slice:b:",
                          "a:b:c",
                          "a.slice:b:c:d",
                          "a.slice:../b:c",
                          "a.slice:b:c/../../d",
                          "a.slice::kube.slice",
                          "a.slice:b:c d"}) {
    const auto scope = plan_scope(bad, "box", kSystem);
    ASSERT_FALSE(scope) << bad;
    EXPECT_EQ(scope.error().kind, ErrorKind::InvalidArgument) << bad;
    EXPECT_NE(scope.error().message.find("linux.cgroupsPath"), std::string::npos) << bad;
  }
}

std::string words(const std::vector<UnitProperty>& properties) {
  std::string text;
  for (const UnitProperty& property : properties) {
    text += property.name + "=" + property.type;
    for (const std::string& value : property.values) text += " " + value;
    text += "\n";
  }
  return text;
}

CgroupWrite write(Controller controller, std::string file, std::string value) {
  return {.controller = controller, .file = std::move(file), .value = std::move(value)};
}

TEST(SystemdProperties, LimitsOfV2) {
  EXPECT_EQ(words(resource_properties({write(Controller::Memory, "memory.max", "67108864"),
                                       write(Controller::Memory, "memory.swap.max", "max"),
                                       write(Controller::Cpu, "cpu.weight", "59"),
                                       write(Controller::Cpu, "cpu.max", "33333 100000"),
                                       write(Controller::Cpuset, "cpuset.cpus", "0-2,9"),
                                       write(Controller::Pids, "pids.max", "20")})),
            "MemoryMax=t 67108864\n"
            "MemorySwapMax=t 18446744073709551615\n"
            "CPUWeight=t 59\n"
            "TasksMax=t 20\n"
            "CPUQuotaPerSecUSec=t 340000\n"  // rounded up to a hundredth
            "CPUQuotaPeriodUSec=t 100000\n"
            "AllowedCPUs=ay 7 2\n");
}

TEST(SystemdProperties, LimitsOfV1) {
  EXPECT_EQ(words(resource_properties({write(Controller::Memory, "memory.limit_in_bytes", "-1"),
                                       write(Controller::Cpu, "cpu.shares", "512"),
                                       write(Controller::Cpu, "cpu.cfs_period_us", "50000"),
                                       write(Controller::Cpu, "cpu.cfs_quota_us", "50000"),
                                       write(Controller::Io, "blkio.bfq.weight", "500")})),
            "MemoryLimit=t 18446744073709551615\n"
            "CPUShares=t 512\n"
            "BlockIOWeight=t 500\n"
            "CPUQuotaPerSecUSec=t 1000000\n"
            "CPUQuotaPeriodUSec=t 50000\n");
}

TEST(SystemdProperties, TheLastWriteHolds) {
  EXPECT_EQ(words(resource_properties({write(Controller::Pids, "pids.max", "20"),
                                       write(Controller::Pids, "pids.max", "max")})),
            "TasksMax=t 18446744073709551615\n");
}

TEST(SystemdProperties, DevicesAreToldIfEachHasWords) {
  EXPECT_EQ(
      words(device_properties(
          {.allow_by_default = false,
           .exceptions =
               {{.type = 'c', .major = 1, .minor = 3},
                {.type = 'a', .access = kernel::cgroup::kDeviceMknod},
                {.type = 'c', .major = 136, .minor = {}},
                {.type = 'b', .major = 8, .minor = 0, .access = kernel::cgroup::kDeviceRead}}})),
      "DevicePolicy=s strict\n"
      "DeviceAllow=a(ss) /dev/char/1:3 rwm block-* m char-* m char-pts rwm /dev/block/8:0 r\n");
  // All minors of another driver: systemd would deny them, so it is told nothing.
  EXPECT_EQ(words(device_properties(
                {.allow_by_default = false, .exceptions = {{.type = 'c', .major = 195}}})),
            "");
  EXPECT_EQ(words(device_properties({.allow_by_default = true})), "");
}

TEST(SystemdVariant, ValuesHaveTheTypeOfTheirText) {
  const auto of = [](std::string_view text) { return words({MUST(parse_variant("Name", text))}); };
  EXPECT_EQ(of("uint64 5"), "Name=t 5\n");
  EXPECT_EQ(of("-7"), "Name=i -7\n");
  EXPECT_EQ(of("true"), "Name=b true\n");
  EXPECT_EQ(of("'inactive-or-failed'"), "Name=s inactive-or-failed\n");
  EXPECT_EQ(of("\"it's\""), "Name=s it's\n");
  EXPECT_EQ(of(R"('it\'s')"), "Name=s it's\n");
  EXPECT_EQ(of("['a', 'b']"), "Name=as a b\n");
  EXPECT_EQ(of("@as []"), "Name=as\n");
  EXPECT_EQ(of("[byte 1, 2]"), "Name=ay 1 2\n");
  EXPECT_EQ(of("byte 0xff"), "Name=y 255\n");
  EXPECT_EQ(of("1.5"), "Name=d 1.5\n");
}

TEST(SystemdVariant, WhatIsNoValueIsRefused) {
  for (const char* bad : {"",
                          "5 6",
                          "uint64 -1",
                          "byte 256",
                          "int32 2147483648",
                          "'open",
                          "text",
                          "[]",
                          "[1, 'a']",
                          "[1",
                          "(1, 2)",
                          "{'a': 1}",
                          "string 5",
                          "boolean 1",
                          "@a{sv} {}",
                          "@v 1"}) {
    const auto value = parse_variant("Name", bad);
    EXPECT_FALSE(value) << bad;
  }
}

TEST(SystemdAnnotations, SecondsBecomeMicroseconds) {
  EXPECT_EQ(words(MUST(annotated_properties({{"org.systemd.property.TimeoutStopSec", "1.5"},
                                             {"org.systemd.property.RuntimeMaxUSec", "uint64 7"},
                                             {"another", "5"}}))),
            "RuntimeMaxUSec=t 7\nTimeoutStopUSec=t 1500000\n");
}

TEST(SystemdAnnotations, AreRefusedByName) {
  for (const auto& [key, value] : {std::pair("org.systemd.property.X", "1"),
                                   std::pair("org.systemd.property.Bad-Name", "1"),
                                   std::pair("org.systemd.property.CollectMode", "yes please"),
                                   std::pair("org.systemd.property.TimeoutStopSec", "'soon'")}) {
    const auto properties = annotated_properties({{key, value}});
    ASSERT_FALSE(properties) << key;
    EXPECT_NE(properties.error().message.find("org.systemd.property."), std::string::npos);
  }
}

}  // namespace
}  // namespace isle::runtime::plan
