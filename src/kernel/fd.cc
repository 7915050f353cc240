#include "kernel/fd.h"

#include <atomic>
#include <cerrno>

#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::kernel {

void UniqueFd::reset(int fd) {
  // close(2) releases the number even when it reports EINTR or EIO.
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

namespace {
Result<UniqueFd> owned(int fd, auto call) {
  if (fd < 0) return fail_call(errno, call());
  return UniqueFd(fd);
}

const char* access_words(int flags) {
  if ((flags & O_PATH) == O_PATH) return "O_PATH";
  switch (flags & O_ACCMODE) {
    case O_WRONLY: return (flags & O_CREAT) != 0 ? "create for writing" : "write";
    case O_RDWR: return "read and write";
    default: return "read";
  }
}
}  // namespace

Result<UniqueFd> open_file(const HostPath& path, int flags, mode_t mode) {
  return owned(open(path.c_str(), flags | O_CLOEXEC, mode),
               [&] { return format("open({}, {})", path.str(), access_words(flags)); });
}

Result<UniqueFd> open_at(int directory, const std::string& name, int flags, mode_t mode) {
  return owned(openat(directory, name.c_str(), flags | O_CLOEXEC, mode),
               [&] { return format("openat({}, {})", name, access_words(flags)); });
}

Result<UniqueFd> open_if_exists(const HostPath& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return UniqueFd();
  return owned(fd, [&] { return format("open({}, {})", path.str(), access_words(flags)); });
}

Result<FdPair> make_pipe(int flags) {
  int ends[2];
  if (pipe2(ends, flags | O_CLOEXEC) != 0) return fail_call(errno, "pipe2()");
  return FdPair{.first = UniqueFd(ends[0]), .second = UniqueFd(ends[1])};
}

Result<FdPair> make_socketpair(int type) {
  int ends[2];
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail_call(errno, "socketpair()");
  }
  return FdPair{.first = UniqueFd(ends[0]), .second = UniqueFd(ends[1])};
}

Result<UniqueFd> make_socket(int domain, int type, int protocol) {
  return owned(socket(domain, type | SOCK_CLOEXEC, protocol),
               [&] { return format("socket(domain {}, type {})", domain, type); });
}

Result<UniqueFd> accept_on(int listener, int flags) {
  int fd = -1;
  do {
    fd = accept4(listener, nullptr, nullptr, flags | SOCK_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  return owned(fd, [] { return std::string("accept4()"); });
}

Result<UniqueFd> duplicate(int fd, int at_least) {
  return owned(fcntl(fd, F_DUPFD_CLOEXEC, at_least),
               [&] { return format("fcntl({}, F_DUPFD_CLOEXEC)", fd); });
}

Result<UniqueFd> make_memfd(const std::string& name) {
  return owned(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING),
               [&] { return format("memfd_create({})", name); });
}

Result<UniqueFd> make_signal_fd(const sigset_t& signals) {
  return owned(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK),
               [] { return std::string("signalfd()"); });
}

Result<UniqueFd> make_inotify() {
  UniqueFd fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (fd) return fd;
  return fail_call(
      errno, "inotify_init1()", "", "/proc/sys/fs/inotify/max_user_instances is the limit");
}

Result<UniqueFd> open_pidfd(Pid pid, unsigned flags) {
  // glibc 2.36's <sys/pidfd.h> forgets extern "C".
  const auto fd = static_cast<int>(syscall(SYS_pidfd_open, pid.value, flags));
  return owned(fd, [&] { return format("pidfd_open({})", pid.value); });
}

Result<UniqueFd> take_fd(int pidfd, int number) {
  const auto fd = static_cast<int>(syscall(SYS_pidfd_getfd, pidfd, number, 0));
  return owned(fd, [&] { return format("pidfd_getfd({})", number); });
}

Result<std::string> read_all(int fd, std::size_t limit) {
  std::string data;
  std::size_t used = 0;
  for (;;) {
    if (data.size() - used < 4096) data.resize(data.size() + 16384);
    const ssize_t count = read(fd, data.data() + used, data.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_call(errno, "read()");
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > limit) {
      return fail(ErrorKind::InvalidArgument, format("longer than the {} bytes allowed", limit));
    }
  }
  data.resize(used);
  return data;
}

Result<void> write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t count = write(fd, data.data(), data.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_call(errno, "write()");
    data.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> read_file(const HostPath& path, std::size_t limit) {
  const UniqueFd fd = TRY(open_file(path, O_RDONLY));
  return TRY_STEP(read_all(fd.get(), limit), "read " + quoted(path.str()));
}

Result<std::string> read_small(int file) {
  char data[8192];
  ssize_t count = 0;
  do {
    count = read(file, data, sizeof data);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail_call(errno, "read()");
  std::string text(data, static_cast<std::size_t>(count));
  if (text.size() == sizeof data) text += TRY(read_all(file));
  return text;
}

Result<std::string> read_small_file(const HostPath& path) {
  const UniqueFd fd = TRY(open_file(path, O_RDONLY));
  return TRY_STEP(read_small(fd.get()), "read " + quoted(path.str()));
}

Result<void> write_existing(const HostPath& path, std::string_view data) {
  const UniqueFd fd = TRY(open_file(path, O_WRONLY));
  if (write(fd.get(), data.data(), data.size()) < 0) {
    return fail_call(errno, format("write({}, {})", path.str(), quoted(data)));
  }
  return {};
}

Result<void> replace_file(const HostPath& path, std::string_view data, mode_t mode, bool sync) {
  // Two threads may replace one file at the same time.
  static std::atomic<unsigned> count = 0;
  const HostPath temporary(format("{}.{}.{}.tmp", path.str(), getpid(), ++count));
  UniqueFd fd = TRY(open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
  Result<void> written = write_all(fd.get(), data);
  if (written && sync && fsync(fd.get()) != 0) written = fail_call(errno, "fsync()");
  if (written && rename(temporary.c_str(), path.c_str()) != 0) {
    written = fail_call(errno, format("rename({}, {})", temporary.str(), path.str()));
  }
  if (!written) {
    unlink(temporary.c_str());
    return std::unexpected(std::move(written).error().within("write " + quoted(path.str())));
  }
  return {};
}

}  // namespace isle::kernel
