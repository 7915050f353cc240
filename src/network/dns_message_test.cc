#include "network/dns_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::network::dns {
namespace {

using std::string_literals::operator""s;

// A query for web.x, type A.
std::string query(char type = 1) {
  return "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03WeB\x01x\x00\x00"s + type +
         "\x00\x01"s;
}
IpAddress at(std::string_view text) { return MUST(IpAddress::parse(text)); }

TEST(DnsMessage, AQuestionIsRead) {
  const auto question = parse_question(query());
  ASSERT_TRUE(question);
  EXPECT_EQ(question->name, "web.x");
  EXPECT_EQ(question->type, 1);
  EXPECT_EQ(question->end, query().size());
  EXPECT_EQ(question->room, 512U);
}

TEST(DnsMessage, EdnsTellsTheRoom) {
  const auto question = parse_question(query() + "\0\0\x29\x10\0\0\0\0\0\0\0"s);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->room, 4096U);
}

TEST(DnsMessage, WhatIsNoQuestionIsNot) {
  for (std::size_t length = 0; length < query().size(); ++length) {
    EXPECT_FALSE(parse_question(query().substr(0, length))) << length;
  }
  std::string reply = query();
  reply[2] = '\x81';
  EXPECT_FALSE(parse_question(reply));
  std::string pointer = query();
  pointer[12] = '\xc0';
  EXPECT_FALSE(parse_question(pointer));
}

TEST(DnsMessage, AddressesOfTheAskedFamilyAnswer) {
  const auto question = parse_question(query());
  const std::string reply =
      answer(query(), *question, {at("10.0.0.2"), at("fd00::2"), at("10.0.0.3")}, 512);
  EXPECT_EQ(reply.substr(0, 8), "\x12\x34\x81\x80\x00\x01\x00\x02"s);
  EXPECT_THAT(reply, testing::HasSubstr("\x0a\x00\x00\x02"s));
  EXPECT_THAT(reply, testing::HasSubstr("\x00\x00\x02\x58\x00\x04\x0a\x00\x00\x03"s));
}

TEST(DnsMessage, WhatDoesNotFitIsMarked) {
  const auto question = parse_question(query());
  const std::vector<IpAddress> many(100, at("10.0.0.2"));
  const std::string reply = answer(query(), *question, many, 512);
  EXPECT_LE(reply.size(), 512U);
  EXPECT_EQ(reply[2], '\x83');
}

TEST(DnsMessage, AddressesAreFoundInReverseNames) {
  EXPECT_EQ(address_in_name("2.0.86.10.in-addr.arpa"), at("10.86.0.2"));
  EXPECT_EQ(
      address_in_name("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa"),
      at("fd00::2"));
  EXPECT_FALSE(address_in_name("86.10.in-addr.arpa"));
  EXPECT_FALSE(address_in_name("example.org"));
}

}  // namespace
}  // namespace isle::network::dns
