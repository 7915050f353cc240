#include "monitor/restart.h"

#include <gtest/gtest.h>

namespace isle::monitor {
namespace {

record::RestartPolicy policy(const char* name, std::int64_t most = 0) {
  return {.name = name, .most = most};
}

TEST(RestartPlan, NoPolicyStartsNothing) { EXPECT_FALSE(RestartPlan().after({}, {.status = 1})); }

TEST(RestartPlan, AlwaysStartsWhateverTheStatus) {
  RestartPlan plan;
  EXPECT_TRUE(plan.after(policy("always"), {.status = 0}));
  EXPECT_TRUE(plan.after(policy("unless-stopped"), {.status = 1}));
  EXPECT_EQ(plan.count(), 2);
}

TEST(RestartPlan, WhatSomebodyStoppedStaysDown) {
  for (const char* name : {"always", "unless-stopped", "on-failure"}) {
    EXPECT_FALSE(RestartPlan().after(policy(name), {.status = 1, .held = true})) << name;
  }
  EXPECT_FALSE(RestartPlan().after({}, {.status = 1, .held = true, .forced = true}));
}

TEST(RestartPlan, OnFailureCounts) {
  RestartPlan plan;
  EXPECT_FALSE(plan.after(policy("on-failure", 2), {.status = 0}));
  EXPECT_TRUE(plan.after(policy("on-failure", 2), {.status = 1}));
  EXPECT_TRUE(plan.after(policy("on-failure", 2), {.status = 137}));
  EXPECT_FALSE(plan.after(policy("on-failure", 2), {.status = 1}));
  EXPECT_TRUE(plan.after(policy("on-failure"), {.status = 1}));
}

TEST(RestartPlan, ThePauseDoublesUpToAMinuteAndALongRunForgetsIt) {
  RestartPlan plan;
  EXPECT_EQ(plan.after(policy("always"), {}), 100);
  EXPECT_EQ(plan.after(policy("always"), {}), 200);
  EXPECT_EQ(plan.after(policy("always"), {}), 400);
  for (int i = 0; i < 20; ++i) static_cast<void>(plan.after(policy("always"), {}));
  EXPECT_EQ(plan.after(policy("always"), {}), 60'000);
  EXPECT_EQ(plan.after(policy("always"), {.ran_ms = 10'000}), 100);
}

TEST(RestartPlan, AnIllContainerIsStartedAnewWithoutAPolicy) {
  EXPECT_TRUE(RestartPlan().after({}, {.status = 137, .forced = true}));
}

}  // namespace
}  // namespace isle::monitor
