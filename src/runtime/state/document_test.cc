#include "runtime/state/document.h"

#include <gtest/gtest.h>

namespace isle::runtime {
namespace {

constexpr std::string_view kWhole =
    R"({"id":"one","bundle":"/b","pid":7,"pidStart":8,"started":true,"created":9,"owner":0,)"
    R"("rootfs":"/b/r","annotations":{"a":"b"},"cgroups":["/sys/fs/cgroup/x"],"namespaces":["pid"]})";

TEST(StateDocument, ReadsBackWhatItWrote) {
  ContainerState state = MUST(parse_state(kWhole));
  EXPECT_EQ(write_state(state), kWhole);
  state.creator = {3};
  state.creator_start = 4;
  const ContainerState again = MUST(parse_state(write_state(state)));
  EXPECT_EQ(again.creator.value, 3);
  EXPECT_EQ(again.creator_start, 4U);
}

TEST(StateDocument, TellsThatAnUpdateChangedIt) {
  ContainerState state = MUST(parse_state(kWhole));
  EXPECT_FALSE(state.updated);
  state.updated = true;
  EXPECT_TRUE(MUST(parse_state(write_state(state))).updated);
}

TEST(StateDocument, TellsOfWhichBootItIs) {
  ContainerState state = MUST(parse_state(kWhole));
  EXPECT_EQ(state.boot, "");
  state.boot = "6a3b";
  EXPECT_EQ(MUST(parse_state(write_state(state))).boot, "6a3b");
}

TEST(StateDocument, NamesTheMemberThatIsWrong) {
  std::string text(kWhole);
  text.replace(text.find("\"pid\":7"), 7, "\"pid\":-7");
  const auto negative = parse_state(text);
  ASSERT_FALSE(negative);
  EXPECT_EQ(negative.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(negative.error().message.find("\"pid\""), std::string::npos);
}

// It was read as a character that could not be written down again.
TEST(StateDocument, HalfASurrogatePairIsRefused) {
  std::string text(kWhole);
  text.replace(text.find("\"pid\"]"), 5, R"("\udece")");
  const auto state = parse_state(text);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::Corrupt);
}

TEST(StateDocument, EveryPrefixIsAnError) {
  for (std::size_t length = 0; length < kWhole.size(); ++length) {
    EXPECT_FALSE(parse_state(kWhole.substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace isle::runtime
