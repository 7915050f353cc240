#include "base/times.h"

#include <gtest/gtest.h>

#include "monitor/log_text.h"

namespace isle {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'700'000'000 * kSecond;  // 2023-11-14T22:13:20Z

TEST(Times, Durations) {
  EXPECT_EQ(MUST(parse_duration("1h30m", "x")), 5400 * kSecond);
  EXPECT_EQ(MUST(parse_duration("1.5s", "x")), 3 * kSecond / 2);
  EXPECT_EQ(MUST(parse_duration("300ms", "x")), kSecond / 10 * 3);
  for (const char* wrong : {"", "5", "s", "1x", "-1s", "1h1", "999999999999h"}) {
    EXPECT_FALSE(parse_duration(wrong, "x")) << wrong;
  }
}

TEST(Times, Moments) {
  EXPECT_EQ(MUST(parse_moment("2023-11-14T22:13:20Z", "x", 0)), kNow);
  EXPECT_EQ(MUST(parse_moment("2023-11-15T00:13:20.5+02:00", "x", 0)), kNow + kSecond / 2);
  EXPECT_EQ(MUST(parse_moment("1700000000.25", "x", 0)), kNow + kSecond / 4);
  EXPECT_EQ(MUST(parse_moment("10m", "x", kNow)), kNow - 600 * kSecond);
  EXPECT_EQ(MUST(parse_moment("2023-11-14T22:13Z", "x", 0)), kNow - 20 * kSecond);
  for (const char* wrong : {"", "yesterday", "2023-13-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_moment(wrong, "x", kNow)) << wrong;
  }
}

// A fuzzer found that they were multiplied beyond 64 bits.
TEST(Times, FarAwayIsAsFarAsItGoes) {
  EXPECT_EQ(MUST(parse_moment("9999-01-01T00:00:00Z", "x", 0)), 9'000'000'000 * kSecond);
  EXPECT_EQ(MUST(parse_moment("0001-01-01T00:00:00Z", "x", 0)), -9'000'000'000 * kSecond);
}

TEST(Times, LogTimesComeBack) {
  for (const std::int64_t time : {std::int64_t{0}, kNow, kNow + 1, kNow + 999'999'999}) {
    EXPECT_EQ(MUST(parse_log_time(monitor::log_time(time))), time);
  }
  EXPECT_FALSE(parse_log_time("10m"));
}

}  // namespace
}  // namespace isle
