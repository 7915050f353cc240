#include "runtime/launch/slots.h"

#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>

#include <cerrno>

#include "base/strings.h"

namespace isle::runtime::launch {

namespace {

Result<kernel::UniqueFd> open_proc() {
  kernel::UniqueFd fd = TRY(kernel::open_file(HostPath("/proc"), O_PATH | O_DIRECTORY));
  struct statfs info{};
  if (fstatfs(fd.get(), &info) != 0) return fail_call(errno, "fstatfs(/proc)");
  if (info.f_type != PROC_SUPER_MAGIC) {
    return fail(ErrorKind::Denied,
                "/proc is not a proc file system",
                "mount procfs on /proc; isle does not write settings to a look-alike");
  }
  return fd;
}

Result<kernel::UniqueFd> open_namespace(const JoinedNamespace& joined) {
  kernel::UniqueFd fd = TRY_STEP(kernel::open_file(HostPath(joined.path), O_RDONLY),
                                 format("open the {} namespace to join", joined.type));
  const int type = ioctl(fd.get(), NS_GET_NSTYPE);
  if (type < 0) {
    return fail(ErrorKind::InvalidArgument,
                format("linux.namespaces: {} is not a namespace", quoted(joined.path)),
                "name a file such as /proc/PID/ns/net");
  }
  if (static_cast<std::uint64_t>(type) != joined.flag) {
    return fail(
        ErrorKind::InvalidArgument,
        format("linux.namespaces: {} is not a {} namespace", quoted(joined.path), joined.type));
  }
  return fd;
}

}  // namespace

int Slots::number(const Slot& slot) const {
  switch (slot.kind) {
    case SlotKind::None: return -1;
    case SlotKind::HostProc: return proc.get();
    case SlotKind::Namespace: return namespaces.at(slot.index).get();
    case SlotKind::Tree: {
      const auto tree = trees.find(slot.index);
      return tree == trees.end() ? -1 : tree->second.get();
    }
    case SlotKind::Cgroup: return cgroup;
    case SlotKind::StartListener: return start_listener.get();
    case SlotKind::ExecRoot: return exec_root.get();
    case SlotKind::Pidfd: return pidfd.get();
  }
  return -1;
}

Result<void> open_slots(Slots& slots, const LaunchPlan& plan) {
  slots.proc = TRY(open_proc());
  for (const JoinedNamespace& joined : plan.joined) {
    slots.namespaces.push_back(TRY(open_namespace(joined)));
  }
  return {};
}

}  // namespace isle::runtime::launch
