#include "cli/config.h"

#include <gtest/gtest.h>

namespace isle::cli {
namespace {

std::string shown(std::string_view text) {
  const auto flags = parse_config(text, "f");
  if (!flags) return "error: " + flags.error().message;
  std::string all;
  for (const ConfiguredFlag& flag : *flags) {
    all += "[" + flag.section + "]" + flag.key + "=";
    for (const std::string& value : flag.values) all += value + ";";
  }
  return all;
}

TEST(Config, ValuesOfEveryKind) {
  EXPECT_EQ(
      shown("[run]\npids-limit = 500\ninit = true\ncpus = 0.5\nlog-opt = [\"a=1\", \"b=2\"]\n"),
      "[run]cpus=0.5;[run]init=true;[run]log-opt=a=1;b=2;[run]pids-limit=500;");
  EXPECT_EQ(shown("[\"volume create\"]\nlabel = \"a=b\""), "[volume create]label=a=b;");
  EXPECT_EQ(shown("# \u4e2d\u6587\n[run]\nname = \"x\" # \u00e9"), "[run]name=x;");
}

TEST(Config, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(shown("pids-limit = 5"), "error: \"f\", line 1: \"pids-limit\" stands in no section");
  EXPECT_EQ(shown("[run]\nx = {a = 1}"),
            "error: \"f\", line 2: \"x\" is a text, a number, true, false, or a list of these");
  EXPECT_EQ(shown("[run]\nname = \"\u00e9\""),
            "error: \"f\", line 2: letters beyond ASCII are for comments only");
  EXPECT_TRUE(shown("[run]\n=").starts_with("error: \"f\", line 2: "));
}

}  // namespace
}  // namespace isle::cli
