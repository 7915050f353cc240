#include "islet/arguments.h"

#include <gtest/gtest.h>

namespace isle::islet {
namespace {

constexpr Option kOptions[] = {
    {.name = "bundle", .letter = 'b', .value = "DIR"},
    {.name = "env", .letter = 'e', .value = "NAME=VALUE"},
    {.name = "detach", .letter = 'd'},
    {.name = "tty", .letter = 't'},
    {.name = "preserve-fds", .value = "N"},
    {.name = "cgroup", .value = "PATH", .refused = "not here"},
    {.name = "systemd", .refused = "not here"},
};

Result<Arguments> parse(std::vector<std::string> line, Order order = Order::Free) {
  std::vector<char*> words;
  for (std::string& word : line) words.push_back(word.data());
  return Arguments::parse(kOptions, words, order);
}

TEST(Arguments, EveryFormOfAnOption) {
  for (const auto& line : std::vector<std::vector<std::string>>{{"--bundle", "x", "id"},
                                                                {"--bundle=x", "id"},
                                                                {"-bundle", "x", "id"},
                                                                {"-bundle=x", "id"},
                                                                {"-b", "x", "id"},
                                                                {"-bx", "id"},
                                                                {"-b=x", "id"},
                                                                {"id", "--bundle", "x"},
                                                                {"-b", "y", "-b", "x", "id"}}) {
    const Arguments arguments = MUST(parse(line));
    EXPECT_EQ(arguments.text("bundle"), "x") << line[0];
    EXPECT_EQ(arguments.words(), std::vector<std::string>{"id"}) << line[0];
  }
}

TEST(Arguments, SwitchesMayStandTogetherAndBeTurnedOff) {
  Arguments arguments = MUST(parse({"-dte", "A=1", "--env=B=2"}));
  EXPECT_TRUE(arguments.on("detach"));
  EXPECT_TRUE(arguments.on("tty"));
  EXPECT_EQ(arguments.all("env"), (std::vector<std::string>{"A=1", "B=2"}));
  arguments = MUST(parse({"--detach=false", "--systemd=false"}));
  EXPECT_FALSE(arguments.on("detach"));
  EXPECT_FALSE(parse({"--detach=maybe"}));
}

TEST(Arguments, ACommandKeepsItsOptions) {
  const Arguments arguments = MUST(parse({"-t", "id", "sh", "-c", "--", "-t"}, Order::InFront));
  EXPECT_EQ(arguments.words(), (std::vector<std::string>{"id", "sh", "-c", "--", "-t"}));
  EXPECT_EQ(MUST(parse({"--", "-t"})).words(), std::vector<std::string>{"-t"});
  EXPECT_EQ(MUST(parse({"-"})).words(), std::vector<std::string>{"-"});
}

TEST(Arguments, WhatIsWrongIsNamed) {
  EXPECT_EQ(parse({"--nosuch=1"}).error().message, "unknown option \"--nosuch\"");
  EXPECT_EQ(parse({"-x"}).error().message, "unknown option \"-x\"");
  EXPECT_EQ(parse({"-dx"}).error().message, "unknown option \"-x\"");
  EXPECT_EQ(parse({"--bundle"}).error().message, "option --bundle needs a value: DIR");
  const auto refused = parse({"--cgroup", "x"});
  EXPECT_EQ(refused.error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(refused.error().hint, "not here");
}

Result<unsigned> preserved(std::vector<std::string> line) {
  const Arguments arguments = TRY(parse(std::move(line)));
  return arguments.number("preserve-fds");
}

TEST(Arguments, NumbersAreWholeAndNotNegative) {
  EXPECT_EQ(MUST(preserved({"--preserve-fds", "3"})), 3U);
  EXPECT_EQ(MUST(preserved({})), 0U);
  for (const char* wrong : {"-1", "x", "", "3x", "99999999999"}) {
    EXPECT_FALSE(preserved({"--preserve-fds", wrong})) << wrong;
  }
}

}  // namespace
}  // namespace isle::islet
