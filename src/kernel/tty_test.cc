#include "kernel/tty.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>

#include "kernel/fd.h"

namespace isle::kernel {
namespace {

struct Pty {
  UniqueFd master, slave;
};

Pty open_pty() {
  int master = -1, slave = -1;
  EXPECT_EQ(openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  return Pty{.master = UniqueFd(master), .slave = UniqueFd(slave)};
}

bool echoes(int fd) {
  termios mode{};
  tcgetattr(fd, &mode);
  return (mode.c_lflag & ECHO) != 0;
}

TEST(Tty, RawModeIsUndone) {
  const Pty pty = open_pty();
  ASSERT_TRUE(echoes(pty.slave.get()));
  {
    RawMode raw = MUST(RawMode::enter(pty.slave.get()));
    EXPECT_FALSE(echoes(pty.slave.get()));
    const RawMode moved = std::move(raw);
    EXPECT_FALSE(echoes(pty.slave.get()));
  }
  EXPECT_TRUE(echoes(pty.slave.get()));
}

TEST(Tty, WindowSizeIsSet) {
  const Pty pty = open_pty();
  ASSERT_TRUE(set_window_size(pty.master.get(), {.rows = 33, .columns = 101}));
  const WindowSize size = MUST(window_size(pty.slave.get()));
  EXPECT_EQ(size.rows, 33);
  EXPECT_EQ(size.columns, 101);
}

TEST(Tty, APipeIsNone) {
  const FdPair pipe = MUST(make_pipe());
  EXPECT_FALSE(is_terminal(pipe.first.get()));
  const auto size = window_size(pipe.first.get());
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().errnum, ENOTTY);
}

}  // namespace
}  // namespace isle::kernel
