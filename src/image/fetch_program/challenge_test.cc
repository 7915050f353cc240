#include "image/fetch_program/challenge.h"

#include <gtest/gtest.h>

namespace isle::image {
namespace {

TEST(Challenge, BearerAsRegistriesWriteIt) {
  const auto challenges = parse_challenges(
      R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push")");
  ASSERT_EQ(challenges.size(), 1U);
  EXPECT_EQ(challenges[0].scheme, "bearer");
  EXPECT_EQ(challenges[0].parameter("realm"), "https://auth.docker.io/token");
  EXPECT_EQ(challenges[0].parameter("scope"), "repository:a/b:pull,push");
  EXPECT_EQ(challenges[0].parameter("none"), "");
}

TEST(Challenge, SeveralInOneHeader) {
  const auto challenges =
      parse_challenges(R"(Negotiate, NTLM YWJj==, Basic realm="a, \"b\"", BEARER Realm=x , q = y)");
  ASSERT_EQ(challenges.size(), 4U);
  EXPECT_EQ(challenges[0].scheme, "negotiate");
  EXPECT_EQ(challenges[1].scheme, "ntlm");
  EXPECT_TRUE(challenges[1].parameters.empty());
  EXPECT_EQ(challenges[2].parameter("realm"), "a, \"b\"");
  EXPECT_EQ(challenges[3].parameter("realm"), "x");
  EXPECT_EQ(challenges[3].parameter("q"), "y");
}

TEST(Challenge, TheFirstOfANameCounts) {
  EXPECT_EQ(parse_challenges("Basic realm=a, realm=b")[0].parameter("realm"), "a");
}

TEST(Challenge, DamagedOnesGiveWhatCanBeRead) {
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_TRUE(parse_challenges("=x").empty());
  EXPECT_TRUE(parse_challenges("realm=\"x\"").empty());
  EXPECT_EQ(parse_challenges("Basic realm=\"never closed")[0].parameter("realm"), "never closed");
  EXPECT_EQ(parse_challenges("Basic realm=\"ends in \\")[0].parameter("realm"), "ends in ");
}

}  // namespace
}  // namespace isle::image
