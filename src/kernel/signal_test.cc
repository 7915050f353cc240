#include "kernel/signal.h"

#include <csignal>

#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

TEST(Signal, EveryNumberRoundTripsThroughItsName) {
  for (int number = 1; number <= kSignalMax; ++number) {
    EXPECT_EQ(parse_signal(signal_name(number)).value(), number) << signal_name(number);
  }
}

TEST(Signal, Spellings) {
  for (const char* text : {"15", "TERM", "SIGTERM", "term", "sigterm"}) {
    EXPECT_EQ(parse_signal(text).value(), SIGTERM) << text;
  }
  EXPECT_EQ(parse_signal("IOT").value(), SIGABRT);
  EXPECT_EQ(parse_signal("SIGRTMIN").value(), 34);
  EXPECT_EQ(parse_signal("SIGRTMIN+3").value(), 37);
  EXPECT_EQ(parse_signal("RTMAX-1").value(), 63);
  EXPECT_EQ(signal_name(SIGUSR1), "SIGUSR1");
  EXPECT_EQ(signal_name(37), "SIGRTMIN+3");
}

TEST(Signal, NonsenseIsRefusedWithItsText) {
  for (const char* text :
       {"", "0", "65", "-1", "SIG", "SIGNOPE", "RTMIN+31", "RTMIN-1", "RTMIN+", "RTMINX", "15 "}) {
    const auto result = parse_signal(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().kind, ErrorKind::InvalidArgument);
    EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
  }
}

}  // namespace
}  // namespace isle::kernel
