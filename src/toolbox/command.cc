#include "toolbox/command.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/capability.h"
#include "kernel/fd.h"
#include "kernel/process.h"
#include "kernel/signal_fd.h"

namespace isle::toolbox {

void Steps::tell(std::string_view call, std::string_view why) {
  if (!explain_) return;
  const std::string line = format("{:>3}  {:<52} {}\n", ++count_, call, why);
  static_cast<void>(kernel::write_all(2, line));
}

namespace {

// Permitted capabilities survive execve(2) of an ordinary user's program only as ambient ones.
Result<void> keep_capabilities(Steps& steps) {
  steps.tell("capset, prctl(PR_CAP_AMBIENT_RAISE)", "keep the capabilities over execve");
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) != 0) return fail_call(errno, "capget()");
  for (auto& half : data) half.inheritable = half.effective = half.permitted;
  if (syscall(SYS_capset, &header, data) != 0) return fail_call(errno, "capset()");
  for (int number = 0; number <= kernel::kLastKnownCapability; ++number) {
    if ((data[number / 32].permitted >> (number % 32) & 1) != 0) {
      prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0);
    }
  }
  return {};
}

Result<void> set_ids(Steps& steps, const CommandRequest& command) {
  constexpr const char* kHint =
      "EINVAL: the id has no mapping in this user namespace (isle ns ids self); EPERM: no "
      "CAP_SETUID or CAP_SETGID there";
  if (command.uid || command.gid) {
    // The kernel drops capabilities with uid 0 unless told otherwise.
    if (command.keep_capabilities) prctl(PR_SET_KEEPCAPS, 1);
  }
  if (command.drop_groups && command.gid) {
    steps.tell("setgroups([])", "the caller's groups mean nothing here");
    // Where setgroups is denied (user_namespaces(7)) they stay.
    if (setgroups(0, nullptr) != 0 && errno != EPERM) return fail_call(errno, "setgroups()");
  }
  if (command.gid) {
    steps.tell(format("setresgid({})", *command.gid), "the group asked for");
    if (setresgid(*command.gid, *command.gid, *command.gid) != 0) {
      return fail_call(errno, format("setresgid({})", *command.gid), {}, kHint);
    }
  }
  if (command.uid) {
    steps.tell(format("setresuid({})", *command.uid), "the user asked for");
    if (setresuid(*command.uid, *command.uid, *command.uid) != 0) {
      return fail_call(errno, format("setresuid({})", *command.uid), {}, kHint);
    }
  }
  return {};
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

Result<void> become(Steps& steps, const CommandRequest& command) {
  TRY(set_ids(steps, command));
  if (command.keep_capabilities) TRY(keep_capabilities(steps));
  std::vector<std::string> words = command.words;
  if (words.empty()) {
    const char* shell = getenv("SHELL");
    words.emplace_back(shell != nullptr && *shell == '/' ? shell : "/bin/sh");
  }
  steps.tell(format("execvp({})", words[0]), "the command");
  const std::vector<char*> arguments = pointers(words);
  if (command.environment) {
    const std::vector<char*> environment = pointers(*command.environment);
    execvpe(arguments[0], arguments.data(), environment.data());
  } else {
    execvp(arguments[0], arguments.data());
  }
  return fail_call(errno, format("execvp({})", words[0]), "the command could not be executed");
}

Result<int> wait_as_parent(const kernel::ForkedChild& child, bool forward) {
  kernel::SignalFd signals = TRY(kernel::SignalFd::create({SIGINT, SIGTERM}));
  std::array<pollfd, 2> watched = {pollfd{.fd = child.pidfd.get(), .events = POLLIN, .revents = 0},
                                   pollfd{.fd = signals.fd(), .events = POLLIN, .revents = 0}};
  while (watched[0].revents == 0) {
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
      return fail_call(errno, "poll()");
    while (const auto signal = signals.next()) {
      if (forward) static_cast<void>(kernel::send_signal(child.pidfd.get(), *signal));
    }
  }
  const auto ended = kernel::wait_for(child.pidfd.get());
  return ended ? Result<int>(ended->status) : std::unexpected(ended.error());
}

std::vector<std::string> environment_of_caller(std::string_view names) {
  const auto wanted = split(names, ',');
  std::vector<std::string> chosen;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text = *one;
    if (std::ranges::find(wanted, cut(text, '=').before) != wanted.end()) chosen.emplace_back(text);
  }
  return chosen;
}

Result<void> change_root(Steps& steps, int directory, std::string_view name) {
  steps.tell(format("fchdir, chroot({})", name), "the root asked for");
  if (fchdir(directory) != 0 || chroot(".") != 0) {
    return fail_call(errno,
                     format("chroot({})", name),
                     {},
                     "chroot needs CAP_SYS_CHROOT: with --user and a map of root one has it");
  }
  return {};
}

Result<void> change_directory(Steps& steps, const std::string& path) {
  steps.tell(format("chdir({})", path), "the working directory asked for");
  if (chdir(path.c_str()) != 0) return fail_call(errno, format("chdir({})", path));
  return {};
}

namespace {
Result<std::uint32_t> parse_id(std::string_view text, const char* file, const char* what) {
  const auto number = parse_uint(text, what);
  if (number && *number < 0xFFFFFFFF) return static_cast<std::uint32_t>(*number);
  const std::string all = TRY(kernel::read_file(HostPath(file)));
  for (const std::string_view line : split(all, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() > 2 && fields[0] == text) {
      return static_cast<std::uint32_t>(TRY(parse_uint(fields[2], what)));
    }
  }
  return fail(ErrorKind::NotFound, format("there is no {} {}", what, quoted(text)));
}
}  // namespace

Result<std::uint32_t> parse_user(std::string_view text) {
  return parse_id(text, "/etc/passwd", "user");
}
Result<std::uint32_t> parse_group(std::string_view text) {
  return parse_id(text, "/etc/group", "group");
}

}  // namespace isle::toolbox
