#include "kernel/process_stat.h"

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel {

Result<ProcessStat> parse_process_stat(std::string_view text) {
  // The name in parentheses may hold anything: fields count from the last one, where the third is.
  constexpr int kState = 3;
  constexpr int kThreads = 20;
  constexpr int kStart = 22;
  const std::size_t begin = text.find('(');
  const std::size_t end = text.rfind(") ");
  ProcessStat stat;
  int field = kState;
  if (begin < end && end != std::string_view::npos) {
    stat.name = text.substr(begin + 1, end - begin - 1);
    for (std::string_view rest = text.substr(end + 2); field <= kStart; ++field) {
      const Cut word = cut(rest, ' ');
      if (word.before.empty()) break;
      if (field == kState) stat.state = word.before[0];
      if (field == kThreads) stat.threads = TRY(parse_uint(word.before, "threads"));
      if (field == kStart) stat.start = TRY(parse_uint(word.before, "start time"));
      rest = word.after;
    }
  }
  if (field > kStart) return stat;
  return fail(ErrorKind::Corrupt,
              format("{} is not in the form of /proc/PID/stat", quoted(text.substr(0, 60))));
}

Result<ProcessStat> read_process_stat(Pid pid) {
  return parse_process_stat(TRY(read_small_file(HostPath(format("/proc/{}/stat", pid.value)))));
}

}  // namespace isle::kernel
