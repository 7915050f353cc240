#include "runtime/launch/gather_facts.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/fd.h"

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

// An ordinary user may make groups where one was handed to it: on v2, below its own group.
bool may_make_cgroups(const HostFacts& facts) {
  if (facts.euid == 0 && facts.privileged()) return true;
  const kernel::cgroup::Hierarchy* v2 = facts.cgroups.v2();
  if (v2 == nullptr || facts.cgroups.kind() != "v2" || v2->read_only) return false;
  return access(v2->directory("/").c_str(), W_OK) == 0;
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
  facts.cgroups = TRY(kernel::cgroup::detect_layout());
  facts.may_make_cgroups = may_make_cgroups(facts);
  facts.apparmor = there("/sys/kernel/security/apparmor/profiles");
  facts.selinux = there("/sys/fs/selinux/enforce");
  return facts;
}

}  // namespace isle::runtime
