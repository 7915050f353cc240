#include "kernel/number_list.h"

#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

using Words = std::vector<std::uint64_t>;

TEST(NumberList, RangesAndNumbers) {
  EXPECT_EQ(MUST(parse_number_list("0-3,7")), Words{0x8f});
  EXPECT_EQ(MUST(parse_number_list("64")), (Words{0, 1}));
  EXPECT_EQ(MUST(parse_number_list(" 1, 3-3")), Words{0xa});
}

TEST(NumberList, WhatIsNoListIsRefused) {
  for (const char* text : {"", ",", "1,", "-1", "3-1", "a", "1-", "+1", "0x1", "8192", "1--2"}) {
    EXPECT_FALSE(parse_number_list(text)) << text;
  }
}

}  // namespace
}  // namespace isle::kernel
