#include "kernel/file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/process_stat.h"

namespace isle::kernel {
namespace {

constexpr long kMillisecond = 1'000'000;  // ns
constexpr long kLongestPause = 10;        // ms
constexpr long kPatience = 5000;          // ms until somebody looks who has it

void sleep_ms(long span) {
  const timespec pause{.tv_sec = 0, .tv_nsec = span * kMillisecond};
  nanosleep(&pause, nullptr);
}

}  // namespace

// "1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"; who waits has "->" behind the number.
std::optional<Pid> holder_of(int file) {
  struct stat info{};
  const auto text = read_file(HostPath("/proc/locks"));
  if (!text || fstat(file, &info) != 0) return std::nullopt;
  const std::string place =
      format("{:02x}:{:02x}:{}", major(info.st_dev), minor(info.st_dev), info.st_ino);
  for (const std::string_view line : split(*text, '\n')) {
    if (line.find("->") != std::string_view::npos) continue;
    std::string_view before;
    for (const std::string_view word : split(line, ' ')) {
      if (word.empty()) continue;
      if (word == place) {
        const auto number = parse_int(before, "pid");
        if (number && *number > 0) return Pid{static_cast<pid_t>(*number)};
      }
      before = word;
    }
  }
  return std::nullopt;
}

Result<void> lock_file(int file, int operation, std::string_view what) {
  long waited = 0;
  long pause = 1;
  while (flock(file, operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return fail_call(errno, format("flock({})", what));
    sleep_ms(pause);
    waited += pause;
    pause = std::min(pause + 1, kLongestPause);
    if (waited < kPatience) continue;
    waited = 0;
    const std::optional<Pid> holder = holder_of(file);
    if (!holder) continue;
    const Result<ProcessStat> stat = read_process_stat(*holder);
    if (!stat || (stat->state != 'T' && stat->state != 't')) continue;
    return fail(
        ErrorKind::Timeout,
        format(
            "{} is locked by process {} ({}), which is stopped", what, holder->value, stat->name),
        format(
            "let it go on: kill -CONT {}; or end it: kill -KILL {}", holder->value, holder->value));
  }
  return {};
}

}  // namespace isle::kernel
