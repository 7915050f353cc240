#include "kernel/cgroup/hints.h"

#include <cerrno>

#include <unistd.h>

namespace isle::kernel::cgroup {

namespace {
struct Row {
  std::string_view file;  // a prefix
  int errnum;
  const char* hint;
};
// The first row that fits is taken; a file of "" fits all.
constexpr Row kRows[] = {
    {"memory.memsw.", ENOENT, "swap accounting is off: boot with swapaccount=1"},
    {"memory.memsw.", EINVAL, "memory and swap together may not be less than memory alone"},
    {"memory.swap.", ENOENT, "this kernel has no swap accounting (CONFIG_SWAP)"},
    {"memory.limit_in_bytes", EBUSY, "the group uses more than that: free memory, then try again"},
    {"memory.limit_in_bytes", EINVAL, "the limit is above that of memory and swap together"},
    {"memory.swappiness", EINVAL, "swappiness is from 0 to 100"},
    {"memory.", EBUSY, "the group uses more than that: free memory, then try again"},
    {"cpu.max", EINVAL, "quota is at least 1000 us, period from 1000 to 1000000 us"},
    {"cpu.max.burst", EINVAL, "burst may not be more than the quota"},
    {"cpu.cfs_",
     EINVAL,
     "quota is at least 1000 us, period from 1000 to 1000000 us, and neither share may be more "
     "than the parent group's"},
    {"cpu.rt_",
     EINVAL,
     "the parent group has no real-time time to give: see cpu.rt_runtime_us there"},
    {"cpu.idle", ENOENT, "this kernel has no cpu.idle (5.15 and newer have it)"},
    {"cpu.weight", ERANGE, "cpu weight is from 1 to 10000"},
    {"cpuset.cpus",
     EINVAL,
     "these cpus are not all there, or not in the parent group's cpuset.cpus"},
    {"cpuset.cpus", ERANGE, "this kernel knows no cpus of such high numbers"},
    {"cpuset.mems", ERANGE, "this kernel knows no memory nodes of such high numbers"},
    {"cpuset.mems", EINVAL, "these memory nodes are not all there, or not in the parent group's"},
    {"cpuset.", EACCES, "the parent group's cpuset does not hold all of these"},
    {"cpuset.", ENOSPC, "a cpuset with processes needs both cpus and mems"},
    {"cpuset.", EBUSY, "processes or groups below still use what would be taken away"},
    {"devices.", EPERM, "the parent group does not allow this device, or CAP_SYS_ADMIN is missing"},
    {"blkio.",
     ENODEV,
     "there is no such block device; partitions cannot be limited, whole disks can"},
    {"io.", ENODEV, "there is no such block device; partitions cannot be limited, whole disks can"},
    {"blkio.", ENOENT, "this kernel, or the disk's scheduler, does not have this control"},
    {"io.", ENOENT, "this kernel, or the disk's scheduler, does not have this control"},
    {"io.weight", EOPNOTSUPP, "the disk's scheduler has no weights: bfq has"},
    {"hugetlb.",
     ENOENT,
     "this kernel has no huge pages of that size: see /sys/kernel/mm/hugepages"},
    {"net_prio.", ENODEV, "there is no such network interface"},
    {"rdma.", EINVAL, "there is no such RDMA device"},
    {"pids.max", EINVAL, "the limit is a number, or max"},
    {"cgroup.procs", ENOSPC, "the group's cpuset has no cpus or mems"},
    {"cgroup.subtree_control",
     EBUSY,
     "the group has processes of its own: move them to a group below it, or choose another parent"},
    {"cgroup.subtree_control",
     EOPNOTSUPP,
     "the group is threaded, or the controller knows no threads: see cgroup.type"},
    {"cgroup.procs",
     EBUSY,
     "the group hands controllers to groups below it, so it may hold no processes itself"},
    {"cgroup.procs", EOPNOTSUPP, "the group is threaded, or its parent is: see cgroup.type"},
    {"cgroup.procs", ESRCH, "the process has ended"},
    {"cgroup.procs",
     EAGAIN,
     "no room for the process: pids.max of a parent, or no real-time time in cpu.rt_runtime_us"},
    {"cgroup.", ENOENT, "this kernel does not have this file, or the group is gone"},
    {"", ENOENT, "this kernel does not have this file, or the controller was not handed down"},
    {"", EROFS, "the cgroup file system is mounted read-only here"},
    {"",
     ENOSPC,
     "the kernel has no room for one more group of some controller: remove unused ones"},
};

constexpr const char* kNotDelegated =
    "this group is not delegated to you: with systemd, start a scope of your own (systemd-run "
    "--user --scope -p Delegate=yes COMMAND), or ask root for a group";
// cgroup-v2.rst, "Delegation containment".
constexpr const char* kNoCommonAncestor =
    "a process may be moved only below a group that is delegated to you: run the command in the "
    "session that the container belongs to (with systemd: systemd-run --user --scope COMMAND)";
}  // namespace

std::string write_hint(std::string_view file, int errnum) {
  for (const Row& row : kRows) {
    if (row.errnum == errnum && file.starts_with(row.file)) return row.hint;
  }
  if ((errnum == EACCES || errnum == EPERM) && geteuid() != 0) {
    return file.starts_with("cgroup.procs") ? kNoCommonAncestor : kNotDelegated;
  }
  return {};
}

}  // namespace isle::kernel::cgroup
