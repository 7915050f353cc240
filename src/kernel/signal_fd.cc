#include "kernel/signal_fd.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace isle::kernel {

Result<SignalFd> SignalFd::create(const sigset_t& signals) {
  UniqueFd fd = TRY(make_signal_fd(signals));
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  return SignalFd(std::move(fd), before);
}

Result<SignalFd> SignalFd::create(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return create(set);
}

SignalFd::~SignalFd() {
  if (fd_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> SignalFd::next() {
  signalfd_siginfo info{};
  if (read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

IgnorePipeSignal::IgnorePipeSignal() {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before_);
}

IgnorePipeSignal::~IgnorePipeSignal() { sigaction(SIGPIPE, &before_, nullptr); }

sigset_t forwardable_signals() {
  sigset_t set;
  sigfillset(&set);
  for (const int signal : {SIGKILL,
                           SIGSTOP,
                           SIGCHLD,
                           SIGPIPE,
                           SIGURG,
                           SIGTSTP,
                           SIGTTIN,
                           SIGTTOU,
                           SIGCONT,
                           SIGSEGV,
                           SIGBUS,
                           SIGFPE,
                           SIGILL,
                           SIGTRAP,
                           SIGSYS}) {
    sigdelset(&set, signal);
  }
  return set;
}

}  // namespace isle::kernel
