#include "runtime/state/process_table.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/process.h"

namespace isle::runtime {

namespace {

Result<std::string> output_of_ps(const std::vector<std::string>& options) {
  kernel::FdPair pipe = TRY(kernel::make_pipe());
  std::vector<std::string> arguments = {"ps"};
  if (options.empty()) arguments.emplace_back("-ef");
  arguments.insert(arguments.end(), options.begin(), options.end());
  const char* program = access("/usr/bin/ps", X_OK) == 0 ? "/usr/bin/ps" : "/bin/ps";
  Result<kernel::ChildProcess> child =
      kernel::spawn({.program = HostPath(program),
                     .arguments = arguments,
                     .fds = {{.from = pipe.second.get(), .to = 1}}});
  if (!child) {
    return std::unexpected(
        std::move(child).error().advise("--format json does without the program ps"));
  }
  pipe.second.reset();
  std::string text = TRY(kernel::read_all(pipe.first.get()));
  const kernel::ExitStatus exit = TRY(kernel::wait_for(child->pidfd.get()));
  if (exit.status != 0) {
    return fail(ErrorKind::InvalidArgument, format("ps ended with status {}", exit.status));
  }
  return text;
}

std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> out;
  for (const std::string_view word : split(line, ' ')) {
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

}  // namespace

Result<std::string> process_table(const std::vector<Pid>& pids,
                                  const std::vector<std::string>& options) {
  const std::string text = TRY(output_of_ps(options));
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::vector<std::string_view> titles = fields(lines[0]);
  const auto column = std::ranges::find(titles, "PID") - titles.begin();
  if (column == std::ssize(titles)) {
    return fail(ErrorKind::InvalidArgument,
                "what ps prints has no column PID",
                "the container's processes are found by it");
  }
  std::string out(lines[0]);
  out += '\n';
  for (const std::string_view line : lines) {
    const std::vector<std::string_view> words = fields(line);
    if (std::ssize(words) <= column) continue;
    const Result<long long> pid = parse_int(words[static_cast<std::size_t>(column)], "PID");
    if (pid && std::ranges::find(pids, Pid{static_cast<pid_t>(*pid)}) != pids.end()) {
      out.append(line).append("\n");
    }
  }
  return out;
}

}  // namespace isle::runtime
