#include "kernel/cgroup/oom_watch.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/strings.h"
#include "kernel/cgroup/group_tree.h"
#include "kernel/cgroup/stats.h"

namespace isle::kernel::cgroup {

namespace {

std::uint64_t kills_in(const std::string& directory) {
  const auto events = read_group_file(directory, "memory.events");
  if (!events || !*events) return 0;
  return parse_key(**events, "oom_kill").value_or(0);
}

}  // namespace

Result<OomWatch> OomWatch::create(const Group& group) {
  const std::string* directory = group.directory(Controller::Memory);
  if (directory == nullptr) {
    return fail(ErrorKind::Unsupported,
                "no memory control group to watch",
                "this host has no memory controller, or the container was made without it");
  }
  OomWatch watch;
  watch.directory_ = *directory;
  watch.v2_ = group.v2_directory() != nullptr && *group.v2_directory() == *directory;
  TRY(watch.v2_ ? watch.register_v2() : watch.register_v1());
  return watch;
}

Result<void> OomWatch::register_v1() {
  const HostPath file = HostPath(directory_) / "memory.oom_control";
  const UniqueFd control = TRY(open_file(file, O_RDONLY));
  fd_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd_) return fail_call(errno, "eventfd()");
  return write_group_file(
      "memory", directory_, "cgroup.event_control", format("{} {}", fd_.get(), control.get()));
}

Result<void> OomWatch::register_v2() {
  fd_.reset(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!fd_) return fail_call(errno, "inotify_init1()");
  const HostPath file = HostPath(directory_) / "memory.events";
  if (inotify_add_watch(fd_.get(), file.c_str(), IN_MODIFY) < 0) {
    return fail_call(errno, format("inotify_add_watch({})", file.str()));
  }
  kills_ = kills_in(directory_);
  return {};
}

bool OomWatch::happened() {
  alignas(inotify_event) char buffer[4096];
  if (!v2_) {
    const bool told = read(fd_.get(), buffer, sizeof(std::uint64_t)) > 0;
    // The end of the group is told the same way.
    return told && access((directory_ + "/memory.oom_control").c_str(), F_OK) == 0;
  }
  while (read(fd_.get(), buffer, sizeof buffer) > 0) {
  }
  const std::uint64_t before = kills_;
  kills_ = std::max(kills_, kills_in(directory_));
  return kills_ > before;
}

}  // namespace isle::kernel::cgroup
