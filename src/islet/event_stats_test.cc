#include "islet/event_stats.h"

#include <gtest/gtest.h>

#include "islet/duration.h"

namespace isle::islet {
namespace {

TEST(ParseDuration, AsGoReadsIt) {
  using std::chrono::nanoseconds;
  EXPECT_EQ(parse_duration("5s", "x").value(), nanoseconds(5'000'000'000));
  EXPECT_EQ(parse_duration("1m30s", "x").value(), nanoseconds(90'000'000'000));
  EXPECT_EQ(parse_duration("0.5ms", "x").value(), nanoseconds(500'000));
  for (const char* text : {"", "5", "s", "0s", "-1s", "1s2", "1 s", "99999999h"}) {
    EXPECT_FALSE(parse_duration(text, "x").has_value()) << text;
  }
}

TEST(EventStats, ListsAndPressure) {
  EXPECT_EQ(json::write(list_json("0-2,7\n")), "[0,1,2,7]");
  EXPECT_EQ(json::write(list_json("")), "[]");
  const json::Value pressure = pressure_json(
      "some avg10=1.50 avg60=0.00 avg300=0.00 total=12\nfull avg10=0.00 avg60=0.00 "
      "avg300=0.00 total=3\n");
  EXPECT_EQ(*pressure.find("some")->find("total")->big_unsigned(), 12U);
  EXPECT_EQ(*pressure.find("some")->find("avg10")->number(), 1.5);
  EXPECT_EQ(*pressure.find("full")->find("total")->big_unsigned(), 3U);
  EXPECT_TRUE(pressure_json("").is_null());
}

}  // namespace
}  // namespace isle::islet
