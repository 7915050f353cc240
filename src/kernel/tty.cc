#include "kernel/tty.h"

#include <cerrno>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::kernel {

bool is_terminal(int fd) { return isatty(fd) == 1; }

Result<WindowSize> window_size(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0)
    return fail_call(errno, format("ioctl({}, TIOCGWINSZ)", fd));
  return WindowSize{.rows = size.ws_row, .columns = size.ws_col};
}

Result<void> set_window_size(int fd, WindowSize size) {
  const winsize value{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  if (ioctl(fd, TIOCSWINSZ, &value) == 0) return {};
  return fail_call(errno, format("ioctl({}, TIOCSWINSZ, {}x{})", fd, size.columns, size.rows));
}

namespace {

// TCSADRAIN: what has been typed is kept, what has been written is shown first; a signal may
// interrupt the wait for that (termios(3)), and a terminal must not be left half way.
bool change(int fd, const termios& mode) {
  int failed = tcsetattr(fd, TCSADRAIN, &mode);
  while (failed != 0 && errno == EINTR) failed = tcsetattr(fd, TCSADRAIN, &mode);
  return failed == 0;
}

}  // namespace

RawMode::RawMode(int fd, std::unique_ptr<termios> before) : fd_(fd), before_(std::move(before)) {}
RawMode::RawMode(RawMode&& other) noexcept = default;
RawMode::~RawMode() { leave(); }

Result<RawMode> RawMode::enter(int fd) {
  auto before = std::make_unique<termios>();
  if (tcgetattr(fd, before.get()) != 0) return fail_call(errno, format("tcgetattr({})", fd));
  termios raw = *before;
  cfmakeraw(&raw);
  if (!change(fd, raw)) return fail_call(errno, format("tcsetattr({}, raw)", fd));
  return RawMode(fd, std::move(before));
}

void RawMode::leave() {
  if (!before_) return;
  change(fd_, *before_);
  before_.reset();
}

}  // namespace isle::kernel
