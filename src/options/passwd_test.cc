#include "options/passwd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::options {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<std::optional<std::string>> read(const std::string& path) {
  if (path == "/etc/passwd") {
    return "root:x:0:0:root:/root:/bin/sh\nbroken line\nweb:x:1000:50::/srv:/bin/sh\n"
           "1001:x:7:7::/seven:/bin/sh\nbig:x:4294967296:0::/:\n";
  }
  return "root:x:0:\nstaff:x:50:web\naudio:x:29:root,web\nwheel:x:10:web\n";
}

Result<std::optional<std::string>> nothing(const std::string&) { return std::nullopt; }

TEST(UserLookup, NamesAndTheirGroups) {
  const auto user = resolve_user("web", {"audio", "77"}, read);
  ASSERT_TRUE(user) << user.error().describe();
  EXPECT_EQ(user->uid, 1000U);
  EXPECT_EQ(user->gid, 50U);
  EXPECT_EQ(user->home, "/srv");
  EXPECT_THAT(user->groups, ElementsAre(10U, 29U, 77U));
}

TEST(UserLookup, ANumberIsThatNumber) {
  EXPECT_EQ(resolve_user("1000", {}, read)->uid, 1000U);
  EXPECT_EQ(resolve_user("1000", {}, nothing)->uid, 1000U);
  EXPECT_EQ(resolve_user("1000", {}, nothing)->gid, 0U);
  EXPECT_EQ(resolve_user("2000:3000", {}, nothing)->gid, 3000U);
  EXPECT_EQ(resolve_user("", {}, nothing)->uid, 0U);
}

TEST(UserLookup, AnEntryNamedByDigitsWins) { EXPECT_EQ(resolve_user("1001", {}, read)->uid, 7U); }

TEST(UserLookup, HalfNumbersAreNoUsers) {
  for (const char* bad : {"1000x",
                          "0x10",
                          "+5",
                          "-1",
                          " 0",
                          "4294967295",
                          "99999999999",
                          "0 ",
                          "0\n",
                          "1e3",
                          "nobody"}) {
    const auto user = resolve_user(bad, {}, read);
    ASSERT_FALSE(user) << bad;
    EXPECT_THAT(user.error().message, HasSubstr("has no user"));
  }
  EXPECT_FALSE(resolve_user("web:nogroup", {}, read));
  EXPECT_FALSE(resolve_user("web", {"nogroup"}, read));
}

}  // namespace
}  // namespace isle::options
