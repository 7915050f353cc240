#include "cli/ask.h"

#include <termios.h>
#include <unistd.h>

#include "base/strings.h"
#include "cli/registry_flags.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

// No echo, while it lives.
class Hush {
 public:
  Hush() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hushed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~Hush() {
    if (!hushed_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    static_cast<void>(kernel::write_all(STDERR_FILENO, "\n"));
  }
  Hush(const Hush&) = delete;
  Hush& operator=(const Hush&) = delete;

 private:
  termios before_{};
  bool hushed_ = false;
};

}  // namespace

Result<std::string> ask_line(std::string_view question, const char* hint) {
  if (isatty(STDIN_FILENO) == 0) {
    return fail(ErrorKind::InvalidArgument,
                format("{}: standard input is no terminal to ask at", question),
                hint);
  }
  TRY(kernel::write_all(STDERR_FILENO, format("{}: ", question)));
  std::string line;
  char c = 0;
  while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
  if (c == '\n') return line;
  return fail(ErrorKind::InvalidArgument, format("{}: no answer", question), hint);
}

Result<std::string> ask_secret(std::string_view question, const char* hint) {
  const Hush hush;
  return ask_line(question, hint);
}

Result<void> complete_creds(image::FetchOptions& options) {
  if (options.creds.empty() || options.creds.contains(':')) return {};
  const std::string password = TRY(ask_secret("Password", "write --creds USER:PASSWORD"));
  options.creds += ":" + password;
  return {};
}

Result<bool> ask_whether_to_remove(const std::string& what) {
  const std::string answer = TRY(ask_line(format("This removes {}. Go on? [y/N] ", what),
                                          "add --force where nobody can be asked"));
  return lower(trim(answer)) == "y" || lower(trim(answer)) == "yes";
}

}  // namespace isle::cli
