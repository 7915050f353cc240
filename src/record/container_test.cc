#include "record/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/names.h"

namespace isle::record {
namespace {

using testing::HasSubstr;

Container example() {
  Container container;
  container.id = std::string(64, 'a');
  container.name = "web";
  container.created = 1700000000;
  container.process.command = {"sh", "-c", "true"};
  container.process.entrypoint = oci::Strings{};
  container.process.rlimits = {{.type = "RLIMIT_NOFILE", .soft = 1, .hard = 2}};
  container.namespaces.pid = "host";
  container.namespaces.time_offsets["boottime"] = {.secs = 5, .nanosecs = 0};
  container.storage.root.image = "busybox";
  container.storage.mounts = {
      {.type = "bind", .source = "/a", .target = "/b", .options = {"ro"}, .make_source = true}};
  container.resources.memory = 1 << 20;
  container.resources.read_bps = {{.path = "/dev/sda", .value = 7}};
  container.security.sysctl["net.core.somaxconn"] = "10";
  return container;
}

TEST(ContainerRecord, ComesBackAsItWasWritten) {
  const std::string text = write_container(example());
  const Result<Container> back = read_container(text);
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(write_container(*back), text);
  EXPECT_TRUE(back->process.entrypoint.has_value());
  EXPECT_EQ(back->storage.mounts.at(0).target, "/b");
}

TEST(ContainerRecord, LimitsThatAreNotNamedStay) {
  Resources now;
  now.memory = 100;
  now.cpuset_cpus = "0";
  now.pids = 7;
  Resources change;
  change.memory = 200;
  change.pids = -1;
  ASSERT_TRUE(merge_resources(now, change));
  EXPECT_EQ(now.memory, 200);
  EXPECT_EQ(now.cpuset_cpus, "0");
  EXPECT_EQ(now.pids, -1);
}

TEST(ContainerRecord, DamageIsNamed) {
  const Result<Container> back = read_container(R"({"id": "x", "created": "monday"})");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(back.error().describe(), HasSubstr("created"));
}

TEST(ContainerName, PathsAndControlCharactersAreRefused) {
  for (const char* bad : {"", "a/b", "../x", "-x", ".x", "a b", "a\nb"}) {
    EXPECT_FALSE(check_name(bad)) << bad;
  }
  EXPECT_TRUE(check_name("web-1.prod_x"));
  EXPECT_TRUE(check_name(random_name(123456789)));
}

}  // namespace
}  // namespace isle::record
