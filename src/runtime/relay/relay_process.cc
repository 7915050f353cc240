// The far end of `exec`: a child of ours, with the master of its terminal or without. A terminal's
// master reads EIO once nobody has the slave open any more; a process left in the background may
// hold it for ever, so the end is that of the child, after what it has written.

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/scratch.h"
#include "runtime/relay/far_end.h"

namespace isle::runtime {

namespace {

constexpr std::size_t kReadBytes = 65536;

class ProcessEnd final : public FarEnd {
 public:
  ProcessEnd(int pidfd, int console, const RelayOptions& options)
      : options_(options), pidfd_(pidfd), console_(console) {}

  void watch(std::vector<pollfd>& set) override {
    const short events = waiting_.empty() ? POLLIN : POLLIN | POLLOUT;
    set.push_back({.fd = console_, .events = events, .revents = 0});
    set.push_back({.fd = exit_ ? -1 : pidfd_, .events = POLLIN, .revents = 0});
    set.push_back({.fd = options_.side_fd, .events = POLLIN, .revents = 0});
  }

  Result<std::optional<Output>> receive() override {
    TRY(write_waiting());
    if (options_.side_fd >= 0) options_.on_side();
    if (!exit_) {
      pollfd ready{.fd = pidfd_, .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, 0) == 1) exit_ = TRY(kernel::wait_for(pidfd_));
    }
    // Read after the exit was seen, so that "nothing there" means all has been read.
    const ssize_t count = console_ < 0 ? 0 : read(console_, buffer_.data(), buffer_.size());
    if (count > 0) {
      return Output{.stream = 1, .data = {buffer_.data(), static_cast<std::size_t>(count)}};
    }
    if (count == 0 || errno == EIO) console_ = -1;
    ended_ = exit_.has_value();
    return std::nullopt;
  }

  bool ended() const override { return ended_; }
  bool takes_input() const override { return waiting_.empty() && console_ >= 0; }

  Result<void> input(std::string_view data) override {
    waiting_ = data;
    return write_waiting();
  }

  // The terminal's own sign for it, ctrl-D.
  Result<void> end_input() override { return input("\x04"); }

  Result<void> resize(kernel::WindowSize size) override {
    if (console_ < 0) return {};
    return kernel::set_window_size(console_, size);
  }

  Result<void> signal(int number) override {
    const Result<void> sent = kernel::send_signal(pidfd_, number);
    if (!sent && sent.error().errnum != ESRCH) return sent;
    return {};
  }

  Result<void> output_closed(int) override { return {}; }
  Result<void> detach() override { return {}; }
  kernel::ExitStatus exit() const { return exit_.value_or(kernel::ExitStatus{}); }

 private:
  Result<void> write_waiting() {
    while (!waiting_.empty() && console_ >= 0) {
      const ssize_t count = write(console_, waiting_.data(), waiting_.size());
      if (count < 0 && errno == EAGAIN) return {};
      if (count < 0) break;  // EIO: nobody has the slave open
      waiting_.erase(0, static_cast<std::size_t>(count));
    }
    waiting_.clear();
    return {};
  }

  const RelayOptions& options_;
  int pidfd_;
  int console_;
  std::string waiting_;
  std::optional<kernel::ExitStatus> exit_;
  bool ended_ = false;
  Scratch buffer_{kReadBytes};
};

}  // namespace

Result<RelayEnd> relay_process(int pidfd, int console, const RelayOptions& options) {
  RelayOptions own = options;
  if (console < 0) own.input = own.terminal = false;
  if (console >= 0 && fcntl(console, F_SETFL, O_NONBLOCK) != 0) {
    return fail_call(errno, "fcntl(console, F_SETFL, O_NONBLOCK)");
  }
  ProcessEnd far(pidfd, console, own);
  const RelayResult result = TRY(relay(far, own));
  return RelayEnd{.detached = result == RelayResult::Detached, .exit = far.exit()};
}

}  // namespace isle::runtime
