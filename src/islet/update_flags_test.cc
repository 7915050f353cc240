#include "islet/update_flags.h"

#include <gtest/gtest.h>

#include "islet/duration.h"
#include "islet/event_stats.h"

namespace isle::islet {
namespace {

std::int64_t size(std::string_view text) { return parse_size(text, "--memory").value_or(-7); }

TEST(ParseSize, UnitsArePowersOf1024) {
  EXPECT_EQ(size("100"), 100);
  EXPECT_EQ(size("1b"), 1);
  EXPECT_EQ(size("2k"), 2048);
  EXPECT_EQ(size("64M"), 64 << 20);
  EXPECT_EQ(size("64mb"), 64 << 20);
  EXPECT_EQ(size("1.5 GiB"), 3LL << 29);
  EXPECT_EQ(size("-1"), -1);
  EXPECT_EQ(size("0"), 0);
}

TEST(ParseSize, RefusesWhatIsNone) {
  for (const char* text :
       {"", "m", "-2", "1x", "1mm", "0x10", "1e3k", "99999999999g", "nan", "inf"}) {
    EXPECT_FALSE(parse_size(text, "--memory").has_value()) << text;
  }
}

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
