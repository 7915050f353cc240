#pragma once
// Why: signals as a descriptor to poll, so that an event loop has no handlers and no races.
// signalfd(2): the signals are blocked meanwhile, and the mask is put back afterwards.

#include <csignal>
#include <initializer_list>
#include <optional>

#include "base/error.h"
#include "kernel/fd.h"

namespace isle::kernel {

class SignalFd {
 public:
  static Result<SignalFd> create(const sigset_t& signals);
  static Result<SignalFd> create(std::initializer_list<int> signals);
  SignalFd(SignalFd&& other) noexcept = default;
  SignalFd& operator=(SignalFd&&) = delete;
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;
  ~SignalFd();

  int fd() const { return fd_.get(); }
  // The next signal that has arrived; never waits.
  std::optional<int> next();

 private:
  SignalFd(UniqueFd fd, const sigset_t& before) : fd_(std::move(fd)), before_(before) {}
  UniqueFd fd_;
  sigset_t before_;
};

// SIGPIPE does nothing as long as this lives: a write to a closed pipe is EPIPE.
class IgnorePipeSignal {
 public:
  IgnorePipeSignal();
  IgnorePipeSignal(const IgnorePipeSignal&) = delete;
  IgnorePipeSignal& operator=(const IgnorePipeSignal&) = delete;
  ~IgnorePipeSignal();

 private:
  struct sigaction before_{};
};

// Those one process may pass on to another in its stead: not the ones the kernel keeps (KILL,
// STOP), that tell of the receiver's own state (CHLD, PIPE, URG, and faults), or of job control
// (TSTP, TTIN, TTOU, CONT: a container's init ignores them, and our own shell needs them).
sigset_t forwardable_signals();

}  // namespace isle::kernel
