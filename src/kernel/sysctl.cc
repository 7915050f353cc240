#include "kernel/sysctl.h"

namespace isle::kernel {

std::string_view sysctl_namespace(std::string_view name) {
  if (name.starts_with("net.")) return "network";
  if (name.starts_with("fs.mqueue.")) return "ipc";
  for (const std::string_view known : {"kernel.msgmax",
                                       "kernel.msgmnb",
                                       "kernel.msgmni",
                                       "kernel.sem",
                                       "kernel.shmall",
                                       "kernel.shmmax",
                                       "kernel.shmmni",
                                       "kernel.shm_rmid_forced"}) {
    if (name == known) return "ipc";
  }
  if (name == "kernel.hostname" || name == "kernel.domainname") return "uts";
  return {};
}

}  // namespace isle::kernel
