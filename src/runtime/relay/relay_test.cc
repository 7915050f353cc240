#include "runtime/relay/relay.h"

#include <thread>

#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/relay/far_end.h"

namespace isle::runtime {
namespace {

TEST(DetachKeys, AreReadAsDockerWritesThem) {
  EXPECT_EQ(MUST(parse_detach_keys("ctrl-p,ctrl-q")), "\x10\x11");
  EXPECT_EQ(MUST(parse_detach_keys("ctrl-[,a,ctrl-@")),
            std::string("\x1b"
                        "a\0",
                        3));
  EXPECT_EQ(MUST(parse_detach_keys("")), "");
  for (const char* wrong : {"ctrl-", "ctrl-1", "shift-a", "a,,b", "ctrl-pp"}) {
    EXPECT_EQ(parse_detach_keys(wrong).error().kind, ErrorKind::InvalidArgument) << wrong;
  }
}

TEST(DetachFilter, HoldsBackOnlyWhatMayBeTheKeys) {
  DetachFilter filter("\x10\x11");
  EXPECT_EQ(filter.feed("ab").data, "ab");
  EXPECT_EQ(filter.feed("c\x10").data, "c");
  EXPECT_EQ(filter.feed("d").data,
            "\x10"
            "d");
  EXPECT_EQ(filter.feed("\x10\x10").data, "\x10");
  const DetachFilter::Passed passed = filter.feed("\x11rest");
  EXPECT_TRUE(passed.detach);
  EXPECT_EQ(passed.data, "");
}

struct Pty {
  kernel::UniqueFd master, slave;
  Pty() {
    int a = -1, b = -1;
    EXPECT_EQ(openpty(&a, &b, nullptr, nullptr, nullptr), 0);
    master = kernel::UniqueFd(a);
    slave = kernel::UniqueFd(b);
    fcntl(a, F_SETFD, FD_CLOEXEC);
    fcntl(b, F_SETFD, FD_CLOEXEC);
  }
};

kernel::ChildProcess shell(const std::string& script, int stdio) {
  kernel::SpawnRequest request;
  request.program = HostPath("/bin/sh");
  request.arguments = {"sh", "-c", script};
  request.fds = {{.from = stdio, .to = 0}, {.from = stdio, .to = 1}, {.from = stdio, .to = 2}};
  request.new_session = true;
  return MUST(kernel::spawn(request));
}

TEST(RelayProcess, WithoutTerminalOnlyTheExitIsTold) {
  const kernel::ChildProcess child = shell("exit 5", -1);
  const RelayEnd end = MUST(relay_process(child.pidfd.get(), -1, {.input = true}));
  EXPECT_EQ(end.exit.status, 5);
  EXPECT_FALSE(end.detached);
}

// Two terminals: the user's, whose slave the relay has, and the container's.
TEST(RelayProcess, TerminalIsRawMeanwhileAndRestored) {
  Pty user, own;
  ASSERT_TRUE(kernel::set_window_size(user.master.get(), {.rows = 30, .columns = 90}));
  const kernel::ChildProcess child = shell("stty size; read x; echo [$x]", own.slave.get());
  own.slave.reset();
  std::string seen;
  bool raw_seen = false;
  std::thread person([&] {
    char bytes[4096];
    bool typed = false;
    while (seen.find("[typed]") == std::string::npos) {
      const ssize_t count = read(user.master.get(), bytes, sizeof bytes);
      if (count <= 0) return;
      seen.append(bytes, static_cast<std::size_t>(count));
      if (typed || seen.find('\n') == std::string::npos) continue;
      termios mode{};
      tcgetattr(user.slave.get(), &mode);
      raw_seen = (mode.c_lflag & ICANON) == 0;
      typed = write(user.master.get(), "typed\r", 6) == 6;
    }
  });
  const RelayOptions options{.input = true,
                             .terminal = true,
                             .stdin_fd = user.slave.get(),
                             .stdout_fd = user.slave.get(),
                             .stderr_fd = user.slave.get()};
  const RelayEnd end = MUST(relay_process(child.pidfd.get(), own.master.get(), options));
  person.join();
  EXPECT_EQ(end.exit.status, 0);
  EXPECT_TRUE(raw_seen);
  EXPECT_NE(seen.find("[typed]"), std::string::npos) << seen;
  termios mode{};
  tcgetattr(user.slave.get(), &mode);
  EXPECT_NE(mode.c_lflag & ICANON, 0U);
}

TEST(RelayProcess, DetachKeysLeaveTheProcessRunning) {
  Pty user, own;
  const kernel::ChildProcess child = shell("sleep 100", own.slave.get());
  ASSERT_EQ(write(user.master.get(), "\x10\x11", 2), 2);
  const RelayOptions options{.input = true,
                             .terminal = true,
                             .stdin_fd = user.slave.get(),
                             .stdout_fd = user.slave.get(),
                             .stderr_fd = user.slave.get()};
  // Typed before the terminal was raw: a line's end lets it through.
  std::thread person([&] { write(user.master.get(), "\x10\x11", 2); });
  const RelayEnd end = MUST(relay_process(child.pidfd.get(), own.master.get(), options));
  person.join();
  EXPECT_TRUE(end.detached);
  EXPECT_TRUE(kernel::send_signal(child.pidfd.get(), SIGKILL));
  EXPECT_TRUE(kernel::wait_for(child.pidfd.get()));
}

}  // namespace
}  // namespace isle::runtime
