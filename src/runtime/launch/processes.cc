#include "runtime/launch/processes.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/namespace.h"
#include "kernel/raw/call.h"

namespace isle::runtime::launch {

namespace {

clone_args arguments_of(const CloneRequest& request, int* pidfd) {
  clone_args arguments{};
  arguments.flags = request.flags;
  if (request.as_sibling) {
    arguments.flags |= CLONE_PARENT;  // the exit signal is then the stage's own
  } else {
    arguments.flags |= CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(pidfd);
    arguments.exit_signal = SIGCHLD;
  }
  if (request.cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(request.cgroup);
  }
  return arguments;
}

// ENOSPC does not say which kind there are too many of (user_namespaces(7)): one whose limit is 0
// is it, else any that was asked for.
std::string limit_hint(std::uint64_t flags) {
  std::string asked;
  for (const kernel::NamespaceKindFacts& kind : kernel::namespace_kinds()) {
    if ((flags & kind.bit) == 0) continue;
    const std::string file = format("/proc/sys/user/max_{}_namespaces", kind.name);
    const Result<std::string> limit = kernel::read_file(HostPath(file));
    if (limit && trim(*limit) == "0") {
      return format("{} is 0: no {} namespace may be made here", file, kind.long_name);
    }
    asked += asked.empty() ? kind.name : format(", {}", kind.name);
  }
  return format(
      "/proc/sys/user/max_*_namespaces is reached for one of {} (isle ns limits shows them), or 32 "
      "levels of nesting",
      asked);
}

std::string hint_of(int errnum, std::uint64_t flags) {
  if (errnum == EPERM && (flags & CLONE_NEWUSER) != 0) {
    return "user namespaces may be switched off (sysctl kernel.unprivileged_userns_clone or "
           "kernel.apparmor_restrict_unprivileged_userns), or this process is in a chroot";
  }
  if (errnum == EPERM) return "making namespaces without a user namespace needs CAP_SYS_ADMIN";
  if (errnum == ENOSPC) return limit_hint(flags);
  if (errnum == EAGAIN) return "the limit of processes is reached (pids.max, ulimit -u)";
  if (errnum == EINVAL) return "this kernel lacks one of the namespaces asked for";
  if (errnum == EBUSY)
    return "the control group has children with controllers and takes no process";
  return "";
}

Error clone_error(int errnum, std::uint64_t flags) {
  return fail_call(errnum, "clone3()", {}, hint_of(errnum, flags)).error();
}

}  // namespace

Result<Child> clone_init(const CloneRequest& request, const init::Program& program) {
  int pidfd = -1;
  clone_args arguments = arguments_of(request, &pidfd);
  const long pid = kernel::raw::call(SYS_clone3, kernel::raw::word(&arguments), sizeof arguments);
  if (pid == 0) init::run(program);
  if (pid < 0) return std::unexpected(clone_error(static_cast<int>(-pid), request.flags));
  return Child{.pid = {static_cast<pid_t>(pid)}, .pidfd = kernel::UniqueFd(pidfd)};
}

Result<Child> clone_paused(std::uint64_t flags) {
  int pidfd = -1;
  // The child lives as long as this end is open, however the parent ends.
  kernel::FdPair life = TRY(kernel::make_pipe());
  const int held = life.first.get();
  const int open_end = life.second.get();
  clone_args arguments = arguments_of({.flags = flags}, &pidfd);
  const long pid = kernel::raw::call(SYS_clone3, kernel::raw::word(&arguments), sizeof arguments);
  if (pid == 0) {
    char nothing = 0;
    kernel::raw::call(SYS_close, open_end);
    kernel::raw::call(SYS_read, held, kernel::raw::word(&nothing), 1);
    for (;;) kernel::raw::call(SYS_exit_group, 0);
  }
  if (pid < 0) return std::unexpected(clone_error(static_cast<int>(-pid), flags));
  return Child{.pid = {static_cast<pid_t>(pid)},
               .pidfd = kernel::UniqueFd(pidfd),
               .life = std::move(life.second)};
}

Result<Forked> fork_stage() {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return fail_call(errno, "fork()", {}, hint_of(errno, 0));
  if (pid == 0) {
    // A stage or a hook has no use without the command that waits for it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // 0: the parent is outside the PID namespace it made this child in (a hook of the container's
    // side); orphans there have its process 1 as their parent.
    if (const pid_t now = getppid(); now != parent && now != 0) _exit(1);
    return Forked{.in_child = true, .child = {}};
  }
  kernel::UniqueFd pidfd = TRY(kernel::open_pidfd({pid}));
  return Forked{.in_child = false, .child = {.pid = {pid}, .pidfd = std::move(pidfd)}};
}

void end_child(const Child& child) {
  if (child.pid.value <= 0) return;
  if (child.pidfd) syscall(SYS_pidfd_send_signal, child.pidfd.get(), SIGKILL, nullptr, 0);
  wait_child(child);
}

int wait_child(const Child& child) {
  siginfo_t info{};
  int result = 0;
  do {
    result = waitid(P_PID, static_cast<id_t>(child.pid.value), &info, WEXITED | __WALL);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return -1;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

namespace {

struct Pipes {
  kernel::FdPair input, errors;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

void redirect(const std::string& file, int number) {
  if (file.empty()) return;
  const Result<kernel::UniqueFd> fd =
      kernel::open_file(HostPath(file), O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, 0600);
  if (fd && dup2(fd->get(), number) == number) return;
  const std::string text = fd ? "dup2()" : fd.error().describe();
  static_cast<void>(kernel::write_all(2, text));
  _exit(126);
}

[[noreturn]] void become(const ProgramRequest& request, const Pipes& pipes) {
  std::vector<char*> arguments = pointers(request.arguments);
  std::vector<char*> environment = pointers(request.environment);
  dup2(pipes.input.first.get(), 0);
  dup2(pipes.errors.second.get(), 2);
  redirect(request.output_file, 1);
  redirect(request.error_file, 2);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (const std::string& path : request.candidates) {
    execve(path.c_str(), arguments.data(), environment.data());
  }
  const int errnum = errno;
  const std::string text = "execve: " + errno_words(errnum);
  if (write(2, text.data(), text.size()) < 0) _exit(126);
  _exit(errnum == ENOENT ? 127 : 126);
}

std::int64_t now_ms() {
  timespec now{};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// What goes to a program and comes from it while it runs. The input may be longer than a pipe
// holds, and the program need not read it.
class Conversation {
 public:
  Conversation(Pipes& pipes, std::string_view input)
      : input_fd_(std::move(pipes.input.second)),
        errors_(std::move(pipes.errors.first)),
        rest_(input) {
    fcntl(input_fd_.get(), F_SETFL, O_NONBLOCK);
  }

  // Until the program ends; false when the time is over (0: never).
  bool run(const Child& child, std::int64_t deadline) {
    for (;;) {
      give();
      pollfd fds[3] = {{.fd = child.pidfd.get(), .events = POLLIN, .revents = 0},
                       {.fd = errors_ ? errors_.get() : -1, .events = POLLIN, .revents = 0},
                       {.fd = input_fd_ ? input_fd_.get() : -1, .events = POLLOUT, .revents = 0}};
      const std::int64_t left = deadline == 0 ? -1 : deadline - now_ms();
      if (deadline != 0 && left <= 0) return false;
      if (poll(fds, 3, static_cast<int>(left)) < 0 && errno != EINTR) return true;
      if (fds[1].revents != 0) {
        take();
      } else if (fds[0].revents != 0) {
        return true;
      }
    }
  }
  std::string take_output() { return std::move(output_); }

 private:
  kernel::UniqueFd input_fd_, errors_;
  std::string_view rest_;
  std::string output_;

  void give() {
    if (!input_fd_) return;
    const ssize_t count = rest_.empty() ? 0 : write(input_fd_.get(), rest_.data(), rest_.size());
    if (count > 0) rest_.remove_prefix(static_cast<std::size_t>(count));
    const bool later = count < 0 && (errno == EAGAIN || errno == EINTR);
    if (rest_.empty() || (count < 0 && !later)) input_fd_.reset();
  }

  void take() {
    char buffer[1024];
    const ssize_t count = read(errors_.get(), buffer, sizeof buffer);
    if (count <= 0) {
      errors_.reset();
    } else if (output_.size() < 4096) {
      output_.append(buffer, static_cast<std::size_t>(count));
    }
  }
};

}  // namespace

Result<ProgramEnd> run_program(const ProgramRequest& request) {
  Pipes pipes;
  pipes.input = TRY(kernel::make_pipe());
  pipes.errors = TRY(kernel::make_pipe());
  Forked forked = TRY(fork_stage());
  if (forked.in_child) become(request, pipes);
  pipes.input.first.reset();
  pipes.errors.second.reset();
  // A program that does not read its input is no failure; ours must not die of SIGPIPE for it.
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const std::int64_t deadline =
      request.timeout_seconds > 0 ? now_ms() + std::int64_t{request.timeout_seconds} * 1000 : 0;
  Conversation conversation(pipes, request.input);
  const bool ended = conversation.run(forked.child, deadline);
  constexpr timespec kNow{};
  sigtimedwait(&pipe_signal, nullptr, &kNow);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!ended) {
    end_child(forked.child);
    return fail(ErrorKind::Timeout,
                format("{} ran longer than {} s and was killed",
                       quoted(request.candidates[0]),
                       request.timeout_seconds));
  }
  return ProgramEnd{.status = wait_child(forked.child), .error_output = conversation.take_output()};
}

}  // namespace isle::runtime::launch
