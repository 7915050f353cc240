// The user's side, as one poll loop. Nothing in it waits but poll(2): a reader of our output that
// has stopped must not keep Ctrl-C from reaching the container.

#include "runtime/relay/relay.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/scratch.h"
#include "base/strings.h"
#include "kernel/signal_fd.h"
#include "runtime/relay/far_end.h"

namespace isle::runtime {

namespace {

constexpr std::size_t kInputBytes = 65536;
// poll(2) says that a pipe takes PIPE_BUF bytes without waiting, no more.
constexpr std::size_t kSureBytes = 4096;

// One of the user's outputs. RWF_NOWAIT leaves the open file's flags alone, which other processes
// share; pipes know it since 6.4, before that they get as much as poll promised.
class Sink {
 public:
  explicit Sink(int fd) : fd_(fd) {
    struct stat info{};
    if (fstat(fd, &info) == 0) may_block_ = S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode);
  }
  int fd() const { return fd_; }

  enum class Wrote : std::uint8_t { Some, Full, Closed };
  // Takes away from `data` what has been written.
  Result<Wrote> write(std::string_view& data) {
    const ssize_t count = write_now(data);
    if (count >= 0) {
      data.remove_prefix(static_cast<std::size_t>(count));
      return Wrote::Some;
    }
    if (errno == EAGAIN || errno == EINTR) return Wrote::Full;
    // EIO: the terminal has been hung up.
    if (errno == EPIPE || errno == EIO || errno == ECONNRESET) return Wrote::Closed;
    return fail_call(errno, format("write({}, {} bytes of output)", fd_, data.size()));
  }

 private:
  ssize_t write_now(std::string_view data) {
    if (!may_block_) return ::write(fd_, data.data(), data.size());
    if (now_works_) {
      iovec part{.iov_base = const_cast<char*>(data.data()), .iov_len = data.size()};
      const ssize_t count = pwritev2(fd_, &part, 1, -1, RWF_NOWAIT);
      if (count >= 0 || errno != EOPNOTSUPP) return count;
      now_works_ = false;
    }
    pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, 0) == 0) {
      errno = EAGAIN;
      return -1;
    }
    return ::write(fd_, data.data(), std::min(data.size(), kSureBytes));
  }

  int fd_;
  bool may_block_ = false;
  bool now_works_ = true;
};

// Which signals the loop reads. Without --sig-proxy only those that would end us with the
// terminal still raw.
sigset_t caught_signals(const RelayOptions& options, bool raw) {
  if (options.signals) return kernel::forwardable_signals();
  sigset_t set;
  sigemptyset(&set);
  if (options.terminal) sigaddset(&set, SIGWINCH);
  if (!raw) return set;
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGQUIT}) sigaddset(&set, signal);
  return set;
}

class Relay {
 public:
  Relay(FarEnd& far, const RelayOptions& options, std::string keys, kernel::SignalFd signals)
      : far_(far),
        options_(options),
        keys_(options.terminal ? std::move(keys) : std::string()),
        signals_(std::move(signals)),
        sinks_{Sink(options.stdout_fd), Sink(options.stderr_fd)},
        reading_(options.input) {}

  Result<RelayResult> run(std::optional<kernel::RawMode>& raw) {
    raw_ = &raw;
    if (options_.terminal) TRY(resize());
    while (!detached_ && (!far_.ended() || !pending_.data.empty())) TRY(turn());
    return detached_ ? RelayResult::Detached : RelayResult::Ended;
  }

 private:
  Result<void> turn() {
    set_.clear();
    const bool full = !pending_.data.empty();
    const bool input = reading_ && far_.takes_input();
    set_.push_back({.fd = signals_.fd(), .events = POLLIN, .revents = 0});
    // A negative descriptor is passed over by poll(2).
    set_.push_back({.fd = input ? options_.stdin_fd : -1, .events = POLLIN, .revents = 0});
    set_.push_back({.fd = full ? sink().fd() : -1, .events = POLLOUT, .revents = 0});
    if (!full) far_.watch(set_);
    if (poll(set_.data(), set_.size(), -1) < 0) {
      if (errno == EINTR) return {};
      return fail_call(errno, "poll()");
    }
    if (set_[0].revents != 0) TRY(take_signals());
    if (set_[1].revents != 0 && !detached_) TRY(take_input());
    if (set_[2].revents != 0) TRY(flush());
    if (std::any_of(set_.begin() + 3, set_.end(), [](auto& fd) { return fd.revents != 0; })) {
      TRY(take_output());
    }
    return {};
  }

  Sink& sink() { return sinks_[pending_.stream == 2 ? 1 : 0]; }

  Result<void> take_output() {
    const std::optional<Output> output = TRY(far_.receive());
    if (!output || closed_[output->stream == 2 ? 1 : 0]) return {};
    pending_ = *output;
    return flush();
  }

  Result<void> flush() {
    while (!pending_.data.empty()) {
      const Sink::Wrote wrote = TRY(sink().write(pending_.data));
      if (wrote == Sink::Wrote::Full) return {};
      if (wrote == Sink::Wrote::Closed) {
        return output_closed();
      }
    }
    return {};
  }

  // A terminal that is hung up: the user has gone, the container stays. A pipe that nobody reads:
  // the container shall notice, as any writer to a pipe does.
  Result<void> output_closed() {
    pending_.data = {};
    closed_[pending_.stream == 2 ? 1 : 0] = true;
    if (*raw_ && kernel::is_terminal(sink().fd())) return detach();
    return far_.output_closed(pending_.stream);
  }

  Result<void> take_input() {
    const ssize_t count = read(options_.stdin_fd, buffer_.data(), buffer_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (count <= 0) return input_ended();
    const std::string_view typed(buffer_.data(), static_cast<std::size_t>(count));
    if (!options_.terminal) return far_.input(typed);
    const DetachFilter::Passed passed = keys_.feed(typed);
    if (!passed.data.empty()) TRY(far_.input(passed.data));
    return passed.detach ? detach() : Result<void>();
  }

  // A raw terminal has no end but being hung up: the user is gone, the container stays.
  Result<void> input_ended() {
    reading_ = false;
    return *raw_ ? detach() : far_.end_input();
  }

  Result<void> detach() {
    detached_ = true;
    return far_.detach();
  }

  Result<void> take_signals() {
    while (const std::optional<int> signal = signals_.next()) {
      if (*signal == SIGWINCH && options_.terminal) {
        TRY(resize());
      } else if (options_.signals) {
        TRY(far_.signal(*signal));
      } else {
        end_by(*signal);
      }
    }
    return {};
  }

  Result<void> resize() {
    // Output that is no terminal has no size: the container keeps the one it has.
    const Result<kernel::WindowSize> size = kernel::window_size(options_.stdin_fd);
    return size ? far_.resize(*size) : Result<void>();
  }

  void end_by(int signal) {
    raw_->reset();
    (void)::signal(signal, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    (void)raise(signal);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  }

  FarEnd& far_;
  const RelayOptions& options_;
  DetachFilter keys_;
  kernel::SignalFd signals_;
  std::optional<kernel::RawMode>* raw_ = nullptr;
  Sink sinks_[2];
  bool closed_[2] = {false, false};
  bool reading_;
  bool detached_ = false;
  Output pending_;
  std::vector<pollfd> set_;
  Scratch buffer_{kInputBytes};
};

}  // namespace

Result<RelayResult> relay(FarEnd& far, const RelayOptions& options) {
  std::string keys = TRY(parse_detach_keys(options.detach_keys));
  const bool raw = options.terminal && options.input && kernel::is_terminal(options.stdin_fd);
  // Caught before the terminal is made raw: no signal can end us in between.
  kernel::SignalFd signals = TRY(kernel::SignalFd::create(caught_signals(options, raw)));
  const kernel::IgnorePipeSignal no_pipe_signal;
  std::optional<kernel::RawMode> mode;
  if (raw) mode.emplace(TRY(kernel::RawMode::enter(options.stdin_fd)));
  Relay relay(far, options, std::move(keys), std::move(signals));
  const Result<RelayResult> result = relay.run(mode);
  // While the signals are still blocked.
  mode.reset();
  return result;
}

}  // namespace isle::runtime
