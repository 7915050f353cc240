#include "base/json.h"

#include <gtest/gtest.h>

namespace isle::json {
namespace {

TEST(Json, RoundTripKeepsOrderAndKinds) {
  const std::string text = R"({"b":1,"a":[true,null,"x\n",18446744073709551615,-5,1.5]})";
  EXPECT_EQ(write(MUST(parse(text))), text);
}

TEST(Json, ErrorSaysLineAndColumn) {
  const Result<Value> result = parse("{\n  \"a\": tru\n}");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Corrupt);
  EXPECT_NE(result.error().message.find("line 2"), std::string::npos) << result.error().message;
}

TEST(Json, DuplicateMemberIsRefused) {
  const Result<Value> result = parse(R"({"a":1,"a":2})");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("stands twice"), std::string::npos);
}

TEST(Json, DepthIsBounded) {
  EXPECT_TRUE(parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(parse(std::string(65, '[') + std::string(65, ']')));
}

// The address sanitizer sees a read past the end here.
TEST(Json, CutOffCharacterIsRefused) {
  for (const char* text : {"\"\xf0", "\"\xe2\x98", "\"\xc3", "\"\xf0\x9f\x98"}) {
    EXPECT_FALSE(parse(text));
  }
}

// By either way of parsing: text of ASCII alone is taken sixteen bytes at once.
TEST(Json, ControlCharactersInStringsAreRefused) {
  for (const std::string other : {"", "\xc3\xa9"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      for (int code = 1; code < 0x81; ++code) {
        const char byte = static_cast<char>(code);
        std::string text = "[\"" + other + std::string(before, 'a');
        text += byte;
        text += std::string(20, 'b') + "\"]";
        const bool good = code >= 0x20 && code < 0x80 && byte != '"' && byte != '\\';
        if (byte == '\\') continue;  // begins an escape
        EXPECT_EQ(parse(text).has_value(), good) << "byte " << code << " behind " << before;
      }
    }
  }
}

TEST(Json, NulByteIsRefused) { EXPECT_FALSE(parse(std::string_view("{}\0{}", 5))); }

}  // namespace
}  // namespace isle::json
