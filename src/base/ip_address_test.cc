#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace isle {
namespace {

IpAddress at(std::string_view text) { return MUST(IpAddress::parse(text)); }
IpRange range(std::string_view text) { return MUST(IpRange::parse(text)); }

TEST(IpAddress, ReadsAndWritesBothFamilies) {
  for (const char* text : {"0.0.0.0", "10.1.2.3", "::", "fd00:1::7", "::1"}) {
    EXPECT_EQ(at(text).str(), text);
  }
  for (const char* text : {"", "10.1.2", "10.1.2.3.4", "256.1.1.1", "fe80::1%eth0", "g::"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, CountsOverBytes) {
  EXPECT_EQ(at("10.0.0.255").plus(1), at("10.0.1.0"));
  EXPECT_EQ(at("fd00::ffff").plus(1), at("fd00::1:0"));
  EXPECT_EQ(at("10.0.0.1").distance_to(at("10.0.1.0")), 255U);
  EXPECT_EQ(at("fd00::").distance_to(at("fd01::")), ~std::uint64_t{0});
}

TEST(IpAddress, KnowsLoopback) {
  EXPECT_TRUE(at("127.9.9.9").is_loopback());
  EXPECT_TRUE(at("::1").is_loopback());
  EXPECT_FALSE(at("10.0.0.1").is_loopback());
  EXPECT_TRUE(at("::").is_unspecified());
}

TEST(IpRange, KnowsItsEnds) {
  EXPECT_EQ(range("10.1.2.3/20").first(), at("10.1.0.0"));
  EXPECT_EQ(range("10.1.2.3/20").last(), at("10.1.15.255"));
  EXPECT_EQ(range("fd00::5/64").last(), at("fd00::ffff:ffff:ffff:ffff"));
  EXPECT_EQ(range("10.1.2.3/32").first(), at("10.1.2.3"));
  EXPECT_EQ(range("0.0.0.0/0").last(), at("255.255.255.255"));
}

TEST(IpRange, OverlapIsSeenFromBothSides) {
  EXPECT_TRUE(range("10.0.0.0/8").overlaps(range("10.5.0.0/16")));
  EXPECT_TRUE(range("10.5.0.0/16").overlaps(range("10.0.0.0/8")));
  EXPECT_FALSE(range("10.5.0.0/16").overlaps(range("10.6.0.0/16")));
  EXPECT_FALSE(range("0.0.0.0/0").overlaps(range("::/0")));
}

TEST(IpRange, RefusesWhatIsNone) {
  for (const char* text : {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "fd00::/129", "/8", "x/8"}) {
    EXPECT_FALSE(IpRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace isle
