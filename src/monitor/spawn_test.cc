#include "monitor/spawn.h"

#include <gtest/gtest.h>

namespace isle::monitor {
namespace {

TEST(Arguments, ComeBack) {
  MonitorRequest request;
  request.id = "web";
  request.container = HostPath("/var/lib/isle/containers/web");
  request.run = HostPath("/run/isle");
  request.keep_stdin_open = true;
  request.measure = Measure::Json;
  request.timeout_seconds = 9;
  request.preserve_fds = 2;
  request.stay_in_group = true;
  request.stop_signal = 3;
  request.cgroup_parent = "/mine";
  request.clean_up = {"/usr/bin/isle", "container", "cleanup", "web"};
  const MonitorRequest back = MUST(read_arguments(write_arguments(request)));
  EXPECT_EQ(back.id, request.id);
  EXPECT_EQ(back.container, request.container);
  EXPECT_EQ(back.run, request.run);
  EXPECT_TRUE(back.keep_stdin_open);
  EXPECT_FALSE(back.no_pivot);
  EXPECT_EQ(back.measure, Measure::Json);
  EXPECT_EQ(back.timeout_seconds, 9U);
  EXPECT_EQ(back.preserve_fds, 2U);
  EXPECT_EQ(connection_behind(back.preserve_fds), 5);
  EXPECT_TRUE(back.stay_in_group);
  EXPECT_EQ(back.stop_signal, 3);
  EXPECT_EQ(back.cgroup_parent, "/mine");
  EXPECT_EQ(back.clean_up, request.clean_up);
}

TEST(Arguments, WhatIsWrongIsNamed) {
  EXPECT_FALSE(read_arguments({"isle-monitor"}));
  EXPECT_FALSE(read_arguments({"isle-monitor", "--id"}));
  EXPECT_FALSE(read_arguments({"isle-monitor", "--id", "a", "--run", "run", "--container", "/c"}));
  EXPECT_FALSE(read_arguments({"isle-monitor", "--colour", "red"}));
}

TEST(SpawnMonitor, AbsentProgramIsNamed) {
  MonitorRequest request;
  request.id = "web";
  request.program = HostPath("/nowhere/isle-monitor");
  const auto handle = spawn_monitor(request);
  ASSERT_FALSE(handle);
  EXPECT_NE(handle.error().describe().find("/nowhere/isle-monitor"), std::string::npos);
}

}  // namespace
}  // namespace isle::monitor
