#pragma once
// Why: terminals as a program that relays one needs them: raw mode that is always undone, and the
// window's size. termios(3), ioctl_tty(2).

#include <memory>

#include "base/error.h"

struct termios;  // NOLINT(readability-identifier-naming): the C library's

namespace isle::kernel {

struct WindowSize {
  unsigned short rows = 0;
  unsigned short columns = 0;
};

bool is_terminal(int fd);
// TIOCGWINSZ and TIOCSWINSZ; the latter sends SIGWINCH to the terminal's foreground group.
Result<WindowSize> window_size(int fd);
Result<void> set_window_size(int fd, WindowSize size);

// A terminal in raw mode (no echo, no line editing, no signals by key) for as long as it lives.
// A terminal is not owned: `fd` has to stay open.
class RawMode {
 public:
  static Result<RawMode> enter(int fd);
  RawMode(RawMode&& other) noexcept;
  RawMode& operator=(RawMode&&) = delete;
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode();
  // What the destructor does, earlier.
  void leave();

 private:
  RawMode(int fd, std::unique_ptr<termios> before);
  int fd_;
  std::unique_ptr<termios> before_;  // null: left already
};

}  // namespace isle::kernel
