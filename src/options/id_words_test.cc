#include "options/id_words.h"

#include <gtest/gtest.h>

namespace isle::options {
namespace {

TEST(IdWords, RangesOfBothKindsAreRead) {
  const auto words = parse_id_words("uids=0-1000-10#20-30-1;gids=@5-6-7");
  ASSERT_TRUE(words);
  ASSERT_EQ(words->uids.size(), 2U);
  EXPECT_EQ(words->uids[1].from, 20U);
  EXPECT_EQ(words->uids[1].to, 30U);
  ASSERT_EQ(words->gids.size(), 1U);
  EXPECT_TRUE(words->gids[0].inside);
  EXPECT_EQ(words->gids[0].count, 7U);
}

TEST(IdWords, WhatIsNoRangeIsRefused) {
  for (const char* text : {"uids=1-2-3",
                           "uids=1-2-3;gids=",
                           "uids=1-2;gids=1-2-3",
                           "uids=1-2-0;gids=1-2-3",
                           "uids=4294967290-2-9;gids=1-2-3",
                           "uids=1-4294967295-1;gids=1-2-3",
                           "uids=-1-2-3;gids=1-2-3",
                           "ids=1-2-3;gids=1-2-3",
                           "uids=1-2-3#;gids=1-2-3"}) {
    EXPECT_FALSE(parse_id_words(text)) << text;
  }
}

TEST(IdWords, IdsOfTheContainerBecomeThoseOfTheHost) {
  const std::vector<oci::IdMapping> container = {
      {.container_id = 0, .host_id = 100000, .size = 65536}};
  const auto inside = mappings_of({{.from = 0, .to = 100, .count = 10, .inside = true}}, container);
  ASSERT_TRUE(inside);
  EXPECT_EQ((*inside)[0].host_id, 100100U);
  EXPECT_EQ((*inside)[0].container_id, 0U);
  const auto host = mappings_of({{.from = 3, .to = 100, .count = 10}}, container);
  ASSERT_TRUE(host);
  EXPECT_EQ((*host)[0].host_id, 100U);
}

TEST(IdWords, IdsThatTheContainerHasNotAreRefused) {
  const std::vector<oci::IdMapping> container = {
      {.container_id = 0, .host_id = 100000, .size = 100}};
  const auto wrong = mappings_of({{.from = 0, .to = 95, .count = 10, .inside = true}}, container);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("has not the 10 ids from 95 on"), std::string::npos);
}

}  // namespace
}  // namespace isle::options
