#include "base/byte_size.h"

#include <gtest/gtest.h>

namespace isle {
namespace {

std::int64_t size(std::string_view text) { return parse_byte_size(text, "--memory").value_or(-7); }

TEST(ParseByteSize, UnitsArePowersOf1024) {
  EXPECT_EQ(size("100"), 100);
  EXPECT_EQ(size("1b"), 1);
  EXPECT_EQ(size("2k"), 2048);
  EXPECT_EQ(size("64M"), 64 << 20);
  EXPECT_EQ(size("64mb"), 64 << 20);
  EXPECT_EQ(size("1.5 GiB"), 3LL << 29);
  EXPECT_EQ(size("1e"), 1LL << 60);
  EXPECT_EQ(size("0"), 0);
}

TEST(ParseByteSize, LargeNumbersAreExact) {
  EXPECT_EQ(size("9007199254740993"), 9'007'199'254'740'993);  // 2^53 + 1
}

TEST(ParseByteSize, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "m",
                           ".",
                           "-2",
                           "-1",
                           "1x",
                           "1mm",
                           "0x10",
                           "1e3k",
                           "1.2.3g",
                           "99999999999g",
                           "8e",
                           "nan",
                           "inf"}) {
    EXPECT_FALSE(parse_byte_size(text, "--memory").has_value()) << text;
  }
}

}  // namespace
}  // namespace isle
