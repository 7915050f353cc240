#include "toolbox/trace.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <map>
#include <optional>

#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/fork.h"
#include "toolbox/command.h"
#include "toolbox/trace_words.h"

namespace isle::toolbox {

namespace {

// PTRACE_GET_SYSCALL_INFO, 5.3: glibc declares it for some architectures alone.
constexpr auto kGetSyscallInfo = static_cast<__ptrace_request>(0x420e);

double now_ms() {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_MONOTONIC, &now));
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Bytes of another process' memory; fewer where it ends.
std::size_t read_memory(pid_t pid, std::uint64_t address, char* to, std::size_t size) {
  iovec ours{.iov_base = to, .iov_len = size};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process
  iovec theirs{.iov_base = reinterpret_cast<void*>(address), .iov_len = size};
  const ssize_t length = process_vm_readv(pid, &ours, 1, &theirs, 1, 0);
  return length < 0 ? 0 : static_cast<std::size_t>(length);
}

// Up to a zero byte; in steps that end with a page, since the next may not be there.
std::string read_text(pid_t pid, std::uint64_t address) {
  constexpr std::size_t kPage = 4096;
  std::string text;
  while (text.size() < kPage) {
    char part[256];
    const std::size_t size = std::min(sizeof part, kPage - (address + text.size()) % kPage);
    const std::size_t length = read_memory(pid, address + text.size(), part, size);
    const void* end = std::memchr(part, '\0', length);
    text.append(
        part,
        end == nullptr ? length : static_cast<std::size_t>(static_cast<const char*>(end) - part));
    if (end != nullptr || length < size) break;
  }
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  }
  return text;
}

class Tracer {
 public:
  Tracer(pid_t first, const std::function<void(const TracedCall&)>& tell)
      : first_(first), tell_(tell) {}

  Result<TraceEnd> run() {
    for (;;) {
      int status = 0;
      const pid_t tid = waitpid(-1, &status, __WALL);
      if (tid < 0 && errno == EINTR) continue;
      if (tid < 0 && errno == ECHILD) return end_;
      if (tid < 0) return fail_call(errno, "waitpid()");
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        if (tid == first_) {
          end_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        open_.erase(tid);
      } else if (WIFSTOPPED(status)) {
        go_on(tid, status);
      }
    }
  }

 private:
  static constexpr int kSyscallStop = SIGTRAP | 0x80;
  pid_t first_;
  const std::function<void(const TracedCall&)>& tell_;
  double begin_ = now_ms();
  TraceEnd end_;
  std::map<pid_t, TracedCall> open_;  // told when it is known what came of it

  void go_on(pid_t tid, int status) {
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    long deliver = 0;
    if (signal == kSyscallStop) {
      at_call(tid);
    } else if (event == 0 && signal != SIGTRAP && signal != SIGSTOP) {
      deliver = signal;
    }
    ptrace(PTRACE_SYSCALL, tid, nullptr, deliver);
  }

  void at_call(pid_t tid) {
    __ptrace_syscall_info info{};
    if (ptrace(kGetSyscallInfo, tid, sizeof info, &info) <= 0) return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      RawCall call{.number = info.entry.nr};
      for (std::size_t i = 0; i < call.arguments.size(); ++i)
        call.arguments[i] = info.entry.args[i];
      call.text = [tid](std::uint64_t address) { return read_text(tid, address); };
      call.word = [tid](std::uint64_t address) {
        std::uint64_t word = 0;
        read_memory(tid, address, reinterpret_cast<char*>(&word), sizeof word);
        return word;
      };
      if (auto words = words_of_call(call)) {
        open_[tid] = {.pid = tid,
                      .call = std::move(words->call),
                      .about = std::move(words->about),
                      .milliseconds = now_ms() - begin_};
      }
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
      const auto found = open_.find(tid);
      if (found == open_.end()) return;
      found->second.result = info.exit.rval;
      tell_(found->second);
      open_.erase(found);
    }
  }
};

}  // namespace

Result<TraceEnd> trace(const std::vector<std::string>& words,
                       const std::function<void(const TracedCall&)>& tell) {
  const kernel::ForkedChild child = TRY(kernel::fork_child(true));
  if (child.inside) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(kExitEngine);
    if (raise(SIGSTOP) != 0) _exit(kExitEngine);
    Steps steps(false);
    const auto failed = become(steps, {.words = words});
    print_error("isle", Error(failed.error()).within("trace"));
    _exit(command_exit_status(failed.error().errnum));
  }
  int status = 0;
  if (waitpid(child.pid.value, &status, 0) < 0 || !WIFSTOPPED(status)) {
    return fail(ErrorKind::Denied,
                "the command could not be traced",
                "ptrace(2) is forbidden here: a filter, or yama");
  }
  constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                            PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child.pid.value, nullptr, kOptions) != 0 ||
      ptrace(PTRACE_SYSCALL, child.pid.value, nullptr, nullptr) != 0) {
    return fail_call(errno, "ptrace(PTRACE_SETOPTIONS)");
  }
  return Tracer(child.pid.value, tell).run();
}

}  // namespace isle::toolbox
