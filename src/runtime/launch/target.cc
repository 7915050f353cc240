#include "runtime/launch/target.h"

#include <fcntl.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/process_stat.h"

namespace isle::runtime::launch {

namespace {

// Both were opened by a number, which may be another process's by now.
Result<void> check(Pid init, std::uint64_t start_time) {
  const auto stat = kernel::read_process_stat(init);
  if (stat && stat->start == start_time) return {};
  return fail(ErrorKind::Conflict, "the container has just ended");
}

// A container may have moved its processes to a group below its own on v2, so as to hand
// controllers down: then that group takes no process any more, and the new one goes where init is.
bool attach_beside(const kernel::cgroup::Group& group, Pid init, Pid pid) {
  const std::string* directory = group.v2_directory();
  const Result<std::string> text =
      kernel::read_file(HostPath(format("/proc/{}/cgroup", init.value)));
  if (directory == nullptr || !text) return false;
  for (const std::string_view line : split(*text, '\n')) {
    if (!line.starts_with("0::/")) continue;
    const std::string_view path = line.substr(3);
    // What both have in common is the container's own group.
    for (std::size_t end = path.rfind('/'); end != 0 && end != std::string_view::npos;
         end = path.rfind('/', end - 1)) {
      if (!directory->ends_with(path.substr(0, end))) continue;
      const HostPath file(*directory + std::string(path.substr(end)) + "/cgroup.procs");
      return kernel::write_existing(file, std::to_string(pid.value)).has_value();
    }
  }
  return false;
}

}  // namespace

Result<void> open_target(Slots& slots, Pid init, std::uint64_t start_time) {
  slots.pidfd = TRY(kernel::open_pidfd(init));
  slots.exec_root =
      TRY(kernel::open_file(HostPath(format("/proc/{}/root", init.value)), O_PATH | O_DIRECTORY));
  return check(init, start_time);
}

Result<void> attach(const kernel::cgroup::Group& group,
                    Pid pid,
                    kernel::cgroup::Group::Part part,
                    Pid init) {
  Result<void> attached = group.attach(pid, part);
  const bool inner = !attached && attached.error().errnum == EBUSY && init.value > 0;
  if (inner && attach_beside(group, init, pid)) return {};
  return attached;
}

}  // namespace isle::runtime::launch
