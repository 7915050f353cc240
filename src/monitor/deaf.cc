#include "monitor/deaf.h"

#include <csignal>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::monitor {

bool handles(Pid pid, int signal) {
  const auto status = kernel::read_file(HostPath(format("/proc/{}/status", pid.value)));
  if (!status) return true;
  for (const std::string_view line : split(*status, '\n')) {
    const Cut parts = cut(line, ':');
    if (parts.before != "SigCgt") continue;
    constexpr int kHexadecimal = 16;
    const auto caught = parse_uint(trim(parts.after), "signals", kHexadecimal);
    return !caught || (*caught >> static_cast<unsigned>(signal - 1) & 1U) != 0;
  }
  return true;
}

bool DeafInit::had_enough(Pid init, int signal) {
  const bool asks = signal == SIGINT || signal == SIGTERM || signal == SIGQUIT;
  if (!asks) return false;
  unheard_ = handles(init, signal) ? 0 : unheard_ + 1;
  return unheard_ == kPatience;
}

}  // namespace isle::monitor
