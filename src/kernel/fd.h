#pragma once
// Why: every file descriptor is owned and close-on-exec. This is the only place (with
// kernel/raw) that calls open, socket, dup or pipe; a check in CI greps for others.

#include <csignal>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/types.h"

namespace isle::kernel {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct FdPair {
  UniqueFd first;   // pipe: the end to read
  UniqueFd second;  // pipe: the end to write
};

// All set O_CLOEXEC themselves. Errors carry the call and the path.
Result<UniqueFd> open_file(const HostPath& path, int flags, mode_t mode = 0);
Result<UniqueFd> open_at(int directory, const std::string& name, int flags, mode_t mode = 0);
// Absent file (ENOENT) is an empty UniqueFd, not an error.
Result<UniqueFd> open_if_exists(const HostPath& path, int flags);
Result<FdPair> make_pipe(int flags = 0);
// `type` is SOCK_STREAM, SOCK_SEQPACKET ...
Result<FdPair> make_socketpair(int type);
Result<UniqueFd> make_socket(int domain, int type, int protocol = 0);
Result<UniqueFd> accept_on(int listener, int flags = 0);
// A duplicate with number >= `at_least`.
Result<UniqueFd> duplicate(int fd, int at_least = 3);
// memfd_create(2), sealable.
Result<UniqueFd> make_memfd(const std::string& name);
// signalfd(2), not waiting.
Result<UniqueFd> make_signal_fd(const sigset_t& signals);
// inotify_init1(2), not waiting.
Result<UniqueFd> make_inotify();
// pidfd_open(2).
Result<UniqueFd> open_pidfd(Pid pid, unsigned flags = 0);
// A duplicate of another process' descriptor, pidfd_getfd(2): ptrace(2)'s rule decides.
Result<UniqueFd> take_fd(int pidfd, int number);

// Whole content from the current offset; refuses more than `limit` bytes.
Result<std::string> read_all(int fd, std::size_t limit = std::size_t{64} << 20);
Result<void> write_all(int fd, std::string_view data);

Result<std::string> read_file(const HostPath& path, std::size_t limit = std::size_t{64} << 20);
// One of some KiB whose end a read(2) shows by giving less than was asked for: on a disk, in tmpfs,
// and what proc and cgroups show in one piece. Longer ones are read on to their end.
Result<std::string> read_small_file(const HostPath& path);
// The same of one that is open, at its beginning.
Result<std::string> read_small(int file);
// One open and one write(2) without creating: for files of proc, sys and cgroups.
Result<void> write_existing(const HostPath& path, std::string_view data);
// Whole new content or the old one, never half: temporary name, fsync if asked, rename(2).
Result<void> replace_file(const HostPath& path, std::string_view data, mode_t mode, bool sync);

}  // namespace isle::kernel
