#include "toolbox/id_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::toolbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(IdMaps, BothSpellingsOfARange) {
  EXPECT_EQ(parse_id_range("0:1000:5").value(), (IdRange{0, 1000, 5}));
  EXPECT_EQ(parse_id_range("1000,0,5").value(), (IdRange{0, 1000, 5}));
  for (const char* text : {"", "1", "0:1", "0:1:0", "0:x:1", "0:4294967295:1", "1:4294967294:9"}) {
    EXPECT_FALSE(parse_id_range(text)) << text;
  }
}

TEST(IdMaps, AutomaticRangesFillTheGaps) {
  IdMap map = {{0, 1000, 1}};
  add_automatic(map, {{100000, 100000, 65536}});
  EXPECT_THAT(map, ElementsAre(IdRange{0, 1000, 1}, IdRange{1, 100000, 65536}));
  map = {{5, 1000, 1}};
  add_automatic(map, {{100000, 100000, 10}});
  EXPECT_THAT(map, ElementsAre(IdRange{5, 1000, 1}, IdRange{0, 100000, 5}, IdRange{6, 100005, 5}));
}

TEST(IdMaps, OnesOwnIdIsCutOutOfARange) {
  const IdRange own{0, 1000, 1};
  // Inside: what is behind moves up, and the last id falls away.
  EXPECT_THAT(cut_out({{0, 5000, 10}}, own), ElementsAre(IdRange{1, 5000, 9}));
  EXPECT_THAT(cut_out({{0, 5000, 10}}, {4, 1000, 1}),
              ElementsAre(IdRange{0, 5000, 4}, IdRange{5, 5004, 5}));
  // Outside, and both at different places.
  EXPECT_THAT(cut_out({{7, 998, 5}}, own), ElementsAre(IdRange{7, 998, 2}, IdRange{9, 1001, 2}));
  EXPECT_THAT(cut_out({{0, 998, 5}}, {1, 1000, 1}),
              ElementsAre(IdRange{0, 998, 1}, IdRange{2, 999, 1}, IdRange{3, 1001, 2}));
  EXPECT_THAT(cut_out({{5, 5000, 1}}, own), ElementsAre(IdRange{5, 5000, 1}));
  EXPECT_THAT(cut_out({{0, 5000, 1}}, own), ElementsAre());
}

TEST(IdMaps, OverlapsAreRefused) {
  EXPECT_TRUE(check_id_map({{0, 10, 5}, {5, 20, 5}}, "uid"));
  const auto inside = check_id_map({{0, 10, 5}, {4, 20, 5}}, "uid");
  ASSERT_FALSE(inside);
  EXPECT_THAT(inside.error().message, HasSubstr("overlap"));
  EXPECT_FALSE(check_id_map({{0, 10, 5}, {5, 14, 5}}, "uid"));
}

TEST(IdMaps, NumbersGoBothWays) {
  const IdMap map = parse_id_map("         0       1000          1\n 1 100000 65536\nrubbish\n");
  ASSERT_EQ(map.size(), 2U);
  std::uint32_t number = 0;
  EXPECT_TRUE(to_inside(map, 100006, number));
  EXPECT_EQ(number, 7U);
  EXPECT_TRUE(to_outside(map, 0, number));
  EXPECT_EQ(number, 1000U);
  EXPECT_FALSE(to_inside(map, 5, number));
  EXPECT_FALSE(to_outside(map, 65537, number));
}

}  // namespace
}  // namespace isle::toolbox
