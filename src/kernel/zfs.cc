#include "kernel/zfs.h"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fs_context.h"
#include "kernel/mountinfo.h"
#include "kernel/process.h"

namespace isle::kernel {
namespace {

constexpr unsigned long kZfsMagic = 0x2fc12fc1;  // of OpenZFS; linux/magic.h does not have it

struct Words {
  std::string_view part;
  ErrorKind kind;
};
constexpr Words kComplaints[] = {
    {.part = "dataset does not exist", .kind = ErrorKind::NotFound},
    {.part = "could not find any snapshots", .kind = ErrorKind::NotFound},
    {.part = "dataset already exists", .kind = ErrorKind::Conflict},
    {.part = "has dependent clones", .kind = ErrorKind::Conflict},
    {.part = "has children", .kind = ErrorKind::Conflict},
    {.part = "is busy", .kind = ErrorKind::Unavailable}};

}  // namespace

bool is_on_zfs(const HostPath& path) {
  struct statfs info{};
  return statfs(path.c_str(), &info) == 0 && static_cast<unsigned long>(info.f_type) == kZfsMagic;
}

Result<std::string> dataset_of(const HostPath& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return fail_call(errno, format("stat({})", path.str()));
  const std::string device = format("{}:{}", major(found.st_dev), minor(found.st_dev));
  const std::string mounts = TRY(read_file(HostPath("/proc/self/mountinfo")));
  for (const MountLine& line : parse_mounts_of(mounts, "zfs")) {
    if (line.device == device) return unescape_mount(line.source);
  }
  return fail(ErrorKind::NotFound,
              format("the data set that {} lies on is mounted nowhere", path.str()));
}

Result<UniqueFd> mount_dataset(const std::string& name) {
  FsContext context = TRY(FsContext::open("zfs"));
  if (!context.set("source", name) || !context.create()) {
    return fail_call(errno, format("mount(zfs, {})", name), context.log());
  }
  return context.mount();
}

Result<HostPath> zfs_program() {
  for (const char* path : {"/usr/sbin/zfs", "/sbin/zfs", "/usr/local/sbin/zfs"}) {
    if (access(path, X_OK) == 0) return HostPath(path);
  }
  return fail(ErrorKind::Unsupported,
              "the program zfs is not installed",
              "apt install zfsutils-linux (it is in Debian's contrib)");
}

ErrorKind zfs_error_kind(std::string_view complaint) {
  for (const Words& words : kComplaints) {
    if (complaint.contains(words.part)) return words.kind;
  }
  return ErrorKind::System;
}

Result<std::string> run_zfs(const std::vector<std::string>& words) {
  FdPair out = TRY(make_pipe());
  FdPair err = TRY(make_pipe());
  SpawnRequest request{.program = TRY(zfs_program()),
                       .arguments = {"zfs"},
                       .env = std::vector<std::string>{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin"},
                       .fds = {{.from = -1, .to = STDIN_FILENO},
                               {.from = out.second.get(), .to = STDOUT_FILENO},
                               {.from = err.second.get(), .to = STDERR_FILENO}}};
  request.arguments.insert(request.arguments.end(), words.begin(), words.end());
  const ChildProcess program = TRY(spawn(request));
  out.second.reset();
  err.second.reset();
  // A complaint is a line or two, which the pipe holds until the list has been read.
  std::string printed = TRY(read_all(out.first.get(), 64 << 20));
  const std::string complaint = TRY(read_all(err.first.get(), 1 << 20));
  const ExitStatus ended = TRY(wait_for(program.pidfd.get()));
  if (ended.status == 0) return printed;
  const std::string_view said = trim(complaint);
  return fail(
      zfs_error_kind(said),
      format("zfs {}: {}",
             join(words, " "),
             said.empty() ? format("it ended with status {}", ended.status) : std::string(said)));
}

Result<void> destroy_dataset(const std::string& name) {
  constexpr long kLongest = 500'000'000;
  constexpr long kTogether = 10'000'000'000;
  long waited = 0;
  for (timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};;
       pause.tv_nsec = std::min(2 * pause.tv_nsec, kLongest)) {
    const Result<std::string> destroyed = run_zfs({"destroy", "-r", name});
    if (destroyed || destroyed.error().kind == ErrorKind::NotFound) return {};
    const bool is_busy = destroyed.error().kind == ErrorKind::Unavailable;
    if (!is_busy || waited > kTogether) return std::unexpected(destroyed.error());
    nanosleep(&pause, nullptr);
    waited += pause.tv_nsec;
  }
}

}  // namespace isle::kernel
