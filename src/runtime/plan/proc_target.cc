#include "runtime/plan/proc_target.h"

#include "base/strings.h"

namespace isle::runtime::plan {

namespace {

// Files that tools such as lxcfs replace inside /proc; anything else there could fool what later
// reads or masks it.
bool allowed_in_proc(std::string_view path) {
  for (const std::string_view name : {"/proc/cpuinfo",
                                      "/proc/diskstats",
                                      "/proc/meminfo",
                                      "/proc/stat",
                                      "/proc/swaps",
                                      "/proc/uptime",
                                      "/proc/loadavg",
                                      "/proc/slabinfo",
                                      "/proc/net/dev",
                                      "/proc/sys/kernel/ns_last_pid",
                                      "/proc/sys/crypto/fips_enabled"}) {
    if (path == name) return true;
  }
  return false;
}

}  // namespace

Result<void> check_proc_target(std::string_view type,
                               std::string_view source,
                               std::string_view target,
                               std::string_view where) {
  if (target == "/proc") {
    const bool bind_of_host = source == "/proc";
    if (type == "proc" || bind_of_host) return {};
    return fail(ErrorKind::Denied,
                format("{}: only procfs may be mounted on /proc, not {}", where, type),
                "masks and settings would go to a fake");
  }
  if (target.starts_with("/proc/") && !allowed_in_proc(target)) {
    return fail(ErrorKind::Denied,
                format("{}: {} is inside procfs", where, quoted(target)),
                "mount it elsewhere; only files such as /proc/cpuinfo may be replaced");
  }
  return {};
}

}  // namespace isle::runtime::plan
