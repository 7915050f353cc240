#include "kernel/signal.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "base/strings.h"

namespace isle::kernel {

namespace {
struct Row {
  int number;
  std::string_view name;
};

// The first name of a number is the one shown; those after it are other spellings.
constexpr auto kRows = std::to_array<Row>({
    {SIGHUP, "hup"},       {SIGINT, "int"},     {SIGQUIT, "quit"},  {SIGILL, "ill"},
    {SIGTRAP, "trap"},     {SIGABRT, "abrt"},   {SIGABRT, "iot"},   {SIGBUS, "bus"},
    {SIGFPE, "fpe"},       {SIGKILL, "kill"},   {SIGUSR1, "usr1"},  {SIGSEGV, "segv"},
    {SIGUSR2, "usr2"},     {SIGPIPE, "pipe"},   {SIGALRM, "alrm"},  {SIGTERM, "term"},
    {SIGSTKFLT, "stkflt"}, {SIGCHLD, "chld"},   {SIGCHLD, "cld"},   {SIGCONT, "cont"},
    {SIGSTOP, "stop"},     {SIGTSTP, "tstp"},   {SIGTTIN, "ttin"},  {SIGTTOU, "ttou"},
    {SIGURG, "urg"},       {SIGXCPU, "xcpu"},   {SIGXFSZ, "xfsz"},  {SIGVTALRM, "vtalrm"},
    {SIGPROF, "prof"},     {SIGWINCH, "winch"}, {SIGIO, "io"},      {SIGIO, "poll"},
    {SIGPWR, "pwr"},       {SIGSYS, "sys"},     {SIGSYS, "unused"},
});

std::unexpected<Error> unknown(std::string_view text) {
  return fail(ErrorKind::InvalidArgument,
              format("unknown signal {}", quoted(text)),
              "write a name as TERM or SIGTERM, a number from 1 to 64, or RTMIN+N");
}

// The N of "+N" or "-N"; empty text is 0.
Result<int> offset_of(std::string_view text, char sign) {
  if (text.empty()) return 0;
  if (text.front() != sign) return unknown(text);
  const auto offset = TRY(parse_uint(text.substr(1), "signal offset"));
  if (offset > static_cast<unsigned>(kSignalMax - kSignalRtMin)) return unknown(text);
  return static_cast<int>(offset);
}
}  // namespace

Result<int> parse_signal(std::string_view text) {
  if (const auto number = parse_uint(text, "signal")) {
    if (*number < 1 || *number > static_cast<unsigned>(kSignalMax)) return unknown(text);
    return static_cast<int>(*number);
  }
  const std::string name = lower(text);
  std::string_view bare = name;
  if (bare.starts_with("sig")) bare.remove_prefix(3);
  if (bare.starts_with("rtmin") || bare.starts_with("rtmax")) {
    const bool from_top = bare.starts_with("rtmax");
    const auto offset = offset_of(bare.substr(5), from_top ? '-' : '+');
    if (!offset) return unknown(text);
    return from_top ? kSignalMax - *offset : kSignalRtMin + *offset;
  }
  const auto* row = std::ranges::find(kRows, bare, &Row::name);
  if (row == kRows.end()) return unknown(text);
  return row->number;
}

std::string signal_name(int number) {
  if (number >= kSignalRtMin && number <= kSignalMax) {
    constexpr int kMiddle = (kSignalRtMin + kSignalMax) / 2;
    if (number == kSignalRtMin) return "SIGRTMIN";
    if (number == kSignalMax) return "SIGRTMAX";
    if (number <= kMiddle) return format("SIGRTMIN+{}", number - kSignalRtMin);
    return format("SIGRTMAX-{}", kSignalMax - number);
  }
  const auto* row = std::ranges::find(kRows, number, &Row::number);
  if (row == kRows.end()) return format("{}", number);
  std::string name = "SIG";
  for (char c : row->name) name += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

}  // namespace isle::kernel
