#include "image/base64.h"

#include <gtest/gtest.h>

namespace isle::image {
namespace {

TEST(Base64, GoesThereAndBack) {
  for (const char* text : {"", "j", "jo", "joe", "joe:", "joe:secret"}) {
    EXPECT_EQ(from_base64(to_base64(text)), text);
  }
  EXPECT_EQ(to_base64("joe:secret"), "am9lOnNlY3JldA==");
  EXPECT_EQ(to_base64(std::string_view("\xff\x00\xfe", 3)), "/wD+");
}

TEST(Base64, PaddingMayBeMissing) { EXPECT_EQ(from_base64("am9lOnNlY3JldA"), "joe:secret"); }

TEST(Base64, WhatIsNoneIsNone) {
  for (const char* text : {"a", "am9l*", "am9l\n", "a=b=", "====="}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace isle::image
