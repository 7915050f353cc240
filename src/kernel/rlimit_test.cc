#include "kernel/rlimit.h"

#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

TEST(Rlimit, NamesGoBothWays) {
  for (int number = 0; number < static_cast<int>(RLIMIT_NLIMITS); ++number) {
    EXPECT_EQ(parse_rlimit_name(rlimit_name(number)).value(), number) << rlimit_name(number);
  }
  EXPECT_EQ(rlimit_name(RLIMIT_NOFILE), "RLIMIT_NOFILE");
  EXPECT_EQ(parse_rlimit_name("memlock").value(), static_cast<int>(RLIMIT_MEMLOCK));
}

TEST(Rlimit, UnknownNameIsRefusedWithTheKnownOnes) {
  const auto result = parse_rlimit_name("RLIMIT_FUN");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "unknown resource limit \"RLIMIT_FUN\"");
  EXPECT_NE(result.error().hint.find("nofile"), std::string::npos);
}

TEST(Rlimit, Values) {
  EXPECT_EQ(parse_rlimit_value("1024").value(), (RlimitValue{.soft = 1024, .hard = 1024}));
  EXPECT_EQ(parse_rlimit_value("1:2").value(), (RlimitValue{.soft = 1, .hard = 2}));
  EXPECT_EQ(parse_rlimit_value("5:-1").value(), (RlimitValue{.soft = 5, .hard = RLIM_INFINITY}));
  EXPECT_EQ(format_rlimit(parse_rlimit_value("unlimited").value()), "unlimited:unlimited");
  EXPECT_EQ(format_rlimit({.soft = 3, .hard = 4}), "3:4");
}

TEST(Rlimit, BadValuesAreRefused) {
  for (const char* text : {"", "x", "2:1", "1:", ":1", "1:2:3", "unlimited:1", "-2"}) {
    EXPECT_FALSE(parse_rlimit_value(text)) << text;
  }
}

}  // namespace
}  // namespace isle::kernel
