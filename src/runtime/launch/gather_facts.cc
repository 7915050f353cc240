#include "runtime/launch/gather_facts.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/cgroup/delegation.h"
#include "kernel/fd.h"
#include "kernel/resctrl.h"

namespace isle::runtime {

namespace {

Result<kernel::CapabilitySet> own_effective() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2] = {};
  if (syscall(SYS_capget, &header, data) != 0) return fail_call(errno, "capget()");
  return kernel::CapabilitySet(data[0].effective | std::uint64_t{data[1].effective} << 32);
}

void read_limits(HostFacts& facts) {
  for (std::size_t i = 0; i < facts.limits.size(); ++i) {
    rlimit64 limit{};
    if (syscall(SYS_prlimit64, 0, static_cast<int>(i), nullptr, &limit) != 0) continue;
    facts.limits[i] = {.soft = limit.rlim_cur, .hard = limit.rlim_max};
  }
}

// Only who may raise limits meets this one (prlimit(2), EPERM).
void read_most_open_files(HostFacts& facts) {
  if (!facts.may_raise_limits()) return;
  const Result<std::string> text = kernel::read_file(HostPath("/proc/sys/fs/nr_open"));
  const Result<unsigned long long> number = text ? parse_uint(trim(*text), "fs.nr_open") : 0;
  if (number && *number > 0) facts.most_open_files = *number;
}

// Root makes groups anywhere, everybody else below a group that was handed to it.
void find_cgroups(HostFacts& facts, kernel::cgroup::Layout all) {
  facts.may_make_cgroups = true;
  facts.cgroups = std::move(all);
  if (facts.host_root()) return;
  kernel::cgroup::Layout ours = kernel::cgroup::delegated_layout(facts.cgroups, facts.euid);
  facts.may_make_cgroups = facts.delegated_cgroups = !ours.hierarchies.empty();
  if (facts.may_make_cgroups) facts.cgroups = std::move(ours);
}

// The first user namespace has a fixed inode number: PROC_USER_INIT_INO, linux/nsfs.h.
bool in_user_namespace() {
  constexpr ino_t kFirst = 0xEFFFFFFD;
  struct stat info{};
  return stat("/proc/self/ns/user", &info) == 0 && info.st_ino != kFirst;
}

bool there(const char* path) { return access(path, F_OK) == 0; }

}  // namespace

Result<HostFacts> gather_facts() {
  HostFacts facts;
  facts.euid = geteuid();
  facts.egid = getegid();
  facts.effective = TRY(own_effective());
  facts.last_capability = TRY(kernel::last_capability());
  read_limits(facts);
  facts.in_user_namespace = in_user_namespace();
  read_most_open_files(facts);
  find_cgroups(facts, TRY(kernel::cgroup::detect_layout()));
  facts.apparmor = there("/sys/kernel/security/apparmor/profiles");
  facts.selinux = there("/sys/fs/selinux/enforce");
  facts.resctrl = kernel::find_resctrl();
  return facts;
}

Result<void> use_systemd(HostFacts& facts, std::string group) {
  facts.systemd = Systemd{.user = !facts.host_root(), .group = std::move(group)};
  facts.may_make_cgroups = true;
  if (!facts.systemd->user) return {};
  const kernel::cgroup::Layout all = TRY(kernel::cgroup::detect_layout());
  facts.cgroups = kernel::cgroup::layout_below(all, facts.systemd->group);
  facts.delegated_cgroups = true;
  return {};
}

}  // namespace isle::runtime
