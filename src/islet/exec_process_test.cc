#include "islet/exec_process.h"

#include <gtest/gtest.h>

namespace isle::islet {
namespace {

TEST(ExecUser, IsTwoDecimalNumbers) {
  oci::User user{.uid = 3, .gid = 4};
  ASSERT_TRUE(set_user(user, "1000"));
  EXPECT_EQ(user.uid, 1000U);
  EXPECT_EQ(user.gid, 4U);
  ASSERT_TRUE(set_user(user, "4294967294:0"));
  EXPECT_EQ(user.uid, 4294967294U);
  EXPECT_EQ(user.gid, 0U);
}

// CVE-2026-30892: a text that is no number ran as root.
TEST(ExecUser, AnythingElseIsRefused) {
  for (const char* text : {"",
                           ":",
                           "1000:",
                           ":5",
                           "1000x",
                           "x",
                           "root",
                           " 1",
                           "1 ",
                           "+1",
                           "-1",
                           "0x10",
                           "1e3",
                           "4294967295",
                           "4294967296",
                           "99999999999999999999",
                           "1:2:3",
                           "1\n",
                           "1,2"}) {
    oci::User user{.uid = 3};
    EXPECT_FALSE(set_user(user, text)) << text;
    EXPECT_NE(user.uid, 0U) << text;
  }
}

}  // namespace
}  // namespace isle::islet
