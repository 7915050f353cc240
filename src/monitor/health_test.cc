#include "monitor/health.h"

#include <gtest/gtest.h>

namespace isle::monitor {
namespace {

TEST(Health, FailuresInARowAreAnIllnessOnceTheStartPeriodIsOver) {
  const record::HealthCheck check = with_defaults({.test = {"CMD", "x"}, .retries = 2});
  Health health;
  judge(health, check, {.status = 1}, true);
  EXPECT_EQ(health.failing_streak, 0);
  judge(health, check, {.status = 1}, false);
  EXPECT_EQ(health.status, "starting");
  judge(health, check, {.status = 1}, false);
  EXPECT_EQ(health.status, "unhealthy");
  judge(health, check, {.status = 0}, false);
  EXPECT_EQ(health.status, "healthy");
  // It has been well: the start period no longer excuses it.
  judge(health, check, {.status = 1}, true);
  EXPECT_EQ(health.failing_streak, 1);
}

TEST(Health, TheNewestAnswersAreKept) {
  record::HealthCheck check = with_defaults({.test = {"CMD", "x"}});
  Health health;
  for (int i = 0; i < 7; ++i) note_probe(health, check, {.status = i});
  ASSERT_EQ(health.log.size(), 5U);
  EXPECT_EQ(health.log.front().status, 2);
  check.log_count = 1;
  Health other;
  note_probe(other, check, {.status = 1});
  note_probe(other, check, {.status = 2});
  ASSERT_EQ(other.log.size(), 1U);
  EXPECT_EQ(other.log[0].status, 2);
}

TEST(Health, ComesBack) {
  const Health health{.status = "healthy",
                      .failing_streak = 3,
                      .log = {{.status = 1, .started_ns = 2, .finished_ns = 3, .output = "x"}}};
  const Health back = MUST(read_health(json::write(write_health(health))));
  EXPECT_EQ(back.status, "healthy");
  EXPECT_EQ(back.failing_streak, 3);
  ASSERT_EQ(back.log.size(), 1U);
  EXPECT_EQ(back.log[0].output, "x");
}

}  // namespace
}  // namespace isle::monitor
