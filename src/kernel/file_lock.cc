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

namespace isle::kernel {
namespace {

constexpr long kMillisecond = 1'000'000;  // ns
constexpr long kLongestPause = 10;        // ms
constexpr long kPatience = 5000;          // ms until somebody looks who has it

void sleep_ms(long span) {
  const timespec pause{.tv_sec = 0, .tv_nsec = span * kMillisecond};
  nanosleep(&pause, nullptr);
}

// proc(5): the state stands behind the name, which is in parentheses.
bool is_stopped(Pid pid, std::string& name) {
  const auto text = read_file(HostPath(format("/proc/{}/stat", pid.value)));
  const std::size_t begin = text ? text->find('(') : std::string::npos;
  const std::size_t end = text ? text->rfind(") ") : std::string::npos;
  if (begin == std::string::npos || end == std::string::npos) return false;
  name = text->substr(begin + 1, end - begin - 1);
  const char state = (*text)[end + 2];
  return state == 'T' || state == 't';
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
    std::string name;
    const std::optional<Pid> holder = holder_of(file);
    if (!holder || !is_stopped(*holder, name)) continue;
    return fail(
        ErrorKind::Timeout,
        format("{} is locked by process {} ({}), which is stopped", what, holder->value, name),
        format(
            "let it go on: kill -CONT {}; or end it: kill -KILL {}", holder->value, holder->value));
  }
  return {};
}

}  // namespace isle::kernel
