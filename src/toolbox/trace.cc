#include "toolbox/trace.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/directory.h"
#include "kernel/fd.h"
#include "kernel/fork.h"
#include "kernel/seccomp_arch.h"
#include "toolbox/command.h"
#include "toolbox/inventory.h"
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

// What a descriptor was said to be when it was made, as long as it is the same file.
struct Named {
  std::string words, link;
};

struct Told {
  TracedCall call;
  CallWords words;
};

class Tracer {
 public:
  explicit Tracer(const TellCall& tell) : tell_(tell) {}

  // The thread, and all it will make. It is stopped, and goes on with run().
  Result<void> seize(pid_t tid, bool kill_with_us) {
    constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                              PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SEIZE, tid, nullptr, kOptions | (kill_with_us ? PTRACE_O_EXITKILL : 0)) !=
            0 ||
        ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr) != 0) {
      return fail_call(errno,
                       format("ptrace(PTRACE_SEIZE, {})", tid),
                       format("process {} could not be traced", tid),
                       "ptrace(2)'s rule, a filter, yama or another tracer forbids it");
    }
    return {};
  }

  // Until no process is left; the status of `first`.
  Result<int> run(pid_t first) {
    int end = 0;
    for (;;) {
      int status = 0;
      const pid_t tid = waitpid(-1, &status, __WALL);
      if (tid < 0 && errno == EINTR) continue;
      if (tid < 0) flush();
      if (tid < 0 && errno == ECHILD) return end;
      if (tid < 0) return fail_call(errno, "waitpid()");
      if (WIFSTOPPED(status)) {
        go_on(tid, status);
        continue;
      }
      if (tid == first) end = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      open_.erase(tid);
    }
  }

 private:
  static constexpr int kSyscallStop = SIGTRAP | 0x80;
  static constexpr int kEventStop = 128;  // PTRACE_EVENT_STOP
  const TellCall& tell_;
  double begin_ = now_ms();
  std::map<pid_t, Told> open_;       // told when it is known what came of it
  std::optional<Told> held_;         // waits for its like
  std::vector<std::string> items_;   // of it
  std::map<pid_t, pid_t> group_of_;  // a thread's process
  std::map<pid_t, pid_t> parent_of_;
  std::map<std::pair<pid_t, int>, Named> named_;  // by process

  void go_on(pid_t tid, int status) {
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    if (signal == kSyscallStop) at_call(tid);
    // A process that was stopped stays so until SIGCONT.
    const bool stopped = event == kEventStop && signal != SIGTRAP;
    const bool is_signal = event == 0 && signal != kSyscallStop;
    ptrace(stopped ? PTRACE_LISTEN : PTRACE_SYSCALL, tid, nullptr, is_signal ? long{signal} : 0L);
  }

  pid_t group_of(pid_t tid) {
    const auto found = group_of_.find(tid);
    if (found != group_of_.end()) return found->second;
    const std::string status =
        kernel::read_file(HostPath(format("/proc/{}/status", tid))).value_or("");
    const auto number = [&status](const char* key) {
      return static_cast<pid_t>(parse_int(status_line(status, key), key).value_or(0));
    };
    parent_of_[number("Tgid")] = number("PPid");
    return group_of_[tid] = number("Tgid");
  }

  static std::string link_of(pid_t tid, int fd) {
    char text[4096];
    const ssize_t length = readlink(format("/proc/{}/fd/{}", tid, fd).c_str(), text, sizeof text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : format("{}", fd);
  }

  // A descriptor may have been inherited from the process that named it.
  std::string named(pid_t tid, int fd) {
    if (named_.empty()) return {};
    pid_t process = group_of(tid);
    for (int generation = 0; generation < 3 && process != 0; ++generation) {
      const auto found = named_.find({process, fd});
      if (found != named_.end()) {
        return link_of(tid, fd) == found->second.link ? found->second.words : std::string();
      }
      const auto parent = parent_of_.find(process);
      process = parent == parent_of_.end() ? 0 : parent->second;
    }
    return {};
  }

  RawCall read_call(pid_t tid, const __ptrace_syscall_info& info) {
    RawCall call{.number = info.entry.nr};
    std::ranges::copy(info.entry.args, call.arguments.begin());
    call.text = [tid](std::uint64_t address) { return read_text(tid, address); };
    call.bytes = [tid](std::uint64_t address, std::size_t size) {
      std::string bytes(size, '\0');
      bytes.resize(read_memory(tid, address, bytes.data(), size));
      return bytes;
    };
    call.named = [this, tid](int fd) { return named(tid, fd); };
    call.file = [this, tid](int fd) {
      std::string name = named(tid, fd);
      return name.empty() ? link_of(tid, fd) : name;
    };
    return call;
  }

  void at_call(pid_t tid) {
    __ptrace_syscall_info info{};
    if (ptrace(kGetSyscallInfo, tid, sizeof info, &info) <= 0) return;
    // Numbers of another architecture's calls (32 bits) are not ours.
    if (info.arch != kernel::native_seccomp_arch().audit) return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      auto words = words_of_call(read_call(tid, info));
      if (!words) return;
      Told& told = open_[tid];
      told.call = {.pid = tid,
                   .call = words->call,
                   .about = words->about,
                   .milliseconds = now_ms() - begin_};
      told.words = std::move(*words);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
      const auto found = open_.find(tid);
      if (found == open_.end()) return;
      Told told = std::move(found->second);
      open_.erase(found);
      told.call.result = info.exit.rval;
      end_call(std::move(told));
    }
  }

  void end_call(Told told) {
    const std::int64_t result = told.call.result;
    if (result >= 0 && !told.words.names_result.empty()) {
      const int fd = told.words.names_fd.value_or(static_cast<int>(result));
      named_[{group_of(told.call.pid), fd}] = {.words = told.words.names_result,
                                               .link = link_of(told.call.pid, fd)};
    }
    const bool is_news = result >= 0 ? !told.words.silent : -result != told.words.expected;
    if (!is_news) return;
    if (told.words.item.empty()) {
      flush();
      tell_(told.call);
      return;
    }
    const bool goes_on = held_ && held_->call.pid == told.call.pid &&
                         held_->words.call == told.words.call &&
                         held_->call.result == told.call.result;
    if (!goes_on) flush();
    items_.push_back(told.words.item);
    if (!goes_on) held_ = std::move(told);
  }

  void flush() {
    if (!held_) return;
    held_->call.call = format("{}, {})", held_->words.call, join(items_, " "));
    tell_(held_->call);
    held_.reset();
    items_.clear();
  }
};

Result<std::vector<int>> threads_of(Pid pid) {
  const auto directory = TRY_STEP(
      kernel::open_file(HostPath(format("/proc/{}/task", pid.value)), O_RDONLY | O_DIRECTORY),
      "find the process to trace");
  return kernel::numbers_in(directory.get());
}

}  // namespace

Result<int> trace_command(const std::vector<std::string>& words, const TellCall& tell) {
  kernel::FdPair gate = TRY(kernel::make_pipe());
  const kernel::ForkedChild child = TRY(kernel::fork_child(true));
  if (child.inside) {
    gate.second.reset();
    char word = 0;
    if (read(gate.first.get(), &word, 1) != 1) _exit(kExitEngine);
    Steps steps(false);
    const auto failed = become(steps, {.words = words});
    print_error("isle", Error(failed.error()).within("trace"));
    _exit(command_exit_status(failed.error().errnum));
  }
  Tracer tracer(tell);
  TRY(tracer.seize(child.pid.value, true));
  if (write(gate.second.get(), "x", 1) != 1) return fail_call(errno, "write()");
  return tracer.run(child.pid.value);
}

Result<void> trace_processes(const std::vector<Pid>& pids, const TellCall& tell) {
  Tracer tracer(tell);
  for (const Pid pid : pids) {
    for (const int tid : TRY(threads_of(pid))) TRY(tracer.seize(tid, false));
  }
  TRY(tracer.run(0));
  return {};
}

}  // namespace isle::toolbox
