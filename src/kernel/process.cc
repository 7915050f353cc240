#include "kernel/process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/sealed_program.h"

namespace isle::kernel {

namespace {

// posix_spawn's two argument objects, each with its clean-up.
struct Actions {
  posix_spawn_file_actions_t value{};
  Actions() { posix_spawn_file_actions_init(&value); }
  ~Actions() { posix_spawn_file_actions_destroy(&value); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
};

struct Attributes {
  posix_spawnattr_t value{};
  Attributes() { posix_spawnattr_init(&value); }
  ~Attributes() { posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  // execve(2) takes them as not const, and does not change them.
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// The actions run in turn, so a target must not overwrite a source that is still to be read:
// such sources are moved above all targets first.
Result<std::vector<UniqueFd>> add_fds(Actions& actions, const std::vector<GivenFd>& fds) {
  std::vector<UniqueFd> moved;
  int highest = 2;
  for (const GivenFd& fd : fds) highest = std::max(highest, fd.to);
  for (const GivenFd& fd : fds) {
    if (fd.from < 0) {
      posix_spawn_file_actions_addopen(&actions.value, fd.to, "/dev/null", O_RDWR, 0);
      continue;
    }
    int from = fd.from;
    if (from <= highest && from != fd.to) {
      moved.push_back(TRY(duplicate(from, highest + 1)));
      from = moved.back().get();
    }
    // With from == to it clears close-on-exec (glibc 2.29).
    posix_spawn_file_actions_adddup2(&actions.value, from, fd.to);
  }
  // What the caller itself was given without close-on-exec ends here, too.
  for (int number = 3; number < highest; ++number) {
    const bool given =
        std::ranges::any_of(fds, [number](const GivenFd& fd) { return fd.to == number; });
    if (!given) posix_spawn_file_actions_addclose(&actions.value, number);
  }
  posix_spawn_file_actions_addclosefrom_np(&actions.value, highest + 1);
  return moved;
}

void reset_signals(Attributes& attributes, bool new_session) {
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes.value, &all);
  posix_spawnattr_setsigmask(&attributes.value, &none);
  int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (new_session) flags |= POSIX_SPAWN_SETSID;
  posix_spawnattr_setflags(&attributes.value, static_cast<short>(flags));
}

}  // namespace

Result<ChildProcess> spawn(const SpawnRequest& request) {
  Actions actions;
  Attributes attributes;
  const std::vector<UniqueFd> moved = TRY(add_fds(actions, request.fds));
  reset_signals(attributes, request.new_session);
  const std::vector<char*> arguments = pointers(request.arguments);
  std::vector<char*> own_env;
  if (request.env) own_env = pointers(*request.env);
  pid_t pid = -1;
  const int errnum = posix_spawn(&pid,
                                 request.program.c_str(),
                                 &actions.value,
                                 &attributes.value,
                                 arguments.data(),
                                 request.env ? own_env.data() : environ);
  if (errnum != 0) return fail_call(errnum, format("posix_spawn({})", request.program.str()));
  ChildProcess child{.pid = Pid(pid), .pidfd = UniqueFd()};
  child.pidfd = TRY(open_pidfd(child.pid));
  return child;
}

Result<ExitStatus> wait_for(int pidfd) {
  siginfo_t info{};
  int result = -1;
  do {
    result = waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED);
  } while (result < 0 && errno == EINTR);
  if (result < 0) return fail_call(errno, format("waitid(P_PIDFD, {})", pidfd));
  if (info.si_code == CLD_EXITED) return ExitStatus{.status = info.si_status, .signal = 0};
  return ExitStatus{.status = 128 + info.si_status, .signal = info.si_status};
}

Result<void> send_signal(int pidfd, int signal) {
  if (syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0) return {};
  return fail_call(errno, format("pidfd_send_signal({}, {})", pidfd, signal));
}

namespace {

// A sealed program's name is that of a mount of its own (sealed_program.h). What the environment
// says instead is believed of the same file, and of a copy in memory, which only who could say so
// anyhow has made.
bool is_this_program(const char* path, std::string_view name) {
  if (name.starts_with("/memfd:")) return true;
  struct stat told{};
  struct stat own{};
  return stat(path, &told) == 0 && stat("/proc/self/exe", &own) == 0 && told.st_dev == own.st_dev &&
         told.st_ino == own.st_ino;
}

}  // namespace

Result<HostPath> program_directory() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length < 0) return fail_call(errno, "readlink(/proc/self/exe)");
  std::string_view text(path, static_cast<std::size_t>(length));
  const char* sealed_from = std::getenv(kSealedFrom);
  if (sealed_from != nullptr && is_this_program(sealed_from, text)) text = sealed_from;
  return HostPath(std::string(text.substr(0, std::max<std::size_t>(text.rfind('/'), 1))));
}

}  // namespace isle::kernel
