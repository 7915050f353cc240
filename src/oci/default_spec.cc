// What runc and crun print for `spec` is what their users' scripts edit, so the shape is the same;
// the masked paths are isle's own, longer list.
#include "oci/default_spec.h"

#include "base/strings.h"

namespace isle::oci {
namespace {

Mount mount_of(std::string destination, std::string type, std::string source, Strings options) {
  return {.destination = std::move(destination),
          .type = std::move(type),
          .source = std::move(source),
          .options = std::move(options),
          .uid_mappings = {},
          .gid_mappings = {}};
}

Process default_process() {
  const Strings kept = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  Process process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
  process.cwd = "/";
  process.capabilities = Capabilities{
      .bounding = kept, .effective = kept, .inheritable = {}, .permitted = kept, .ambient = {}};
  process.rlimits = {{.type = "RLIMIT_NOFILE", .soft = 1024, .hard = 1024}};
  process.no_new_privileges = true;
  return process;
}

Linux default_linux() {
  Linux linux_;
  linux_.resources.emplace().devices = {
      {.allow = false, .type = {}, .major = {}, .minor = {}, .access = "rwm"}};
  for (const char* type : {"pid", "network", "ipc", "uts", "mount", "cgroup"}) {
    linux_.namespaces.push_back({.type = type, .path = {}});
  }
  linux_.masked_paths = default_masked_paths();
  linux_.readonly_paths = default_readonly_paths();
  return linux_;
}

}  // namespace

Strings default_masked_paths(unsigned cpus) {
  Strings paths = {"/proc/acpi",
                   "/proc/asound",
                   "/proc/interrupts",
                   "/proc/kcore",
                   "/proc/keys",
                   "/proc/latency_stats",
                   "/proc/sched_debug",
                   "/proc/scsi",
                   "/proc/timer_list",
                   "/proc/timer_stats",
                   "/sys/firmware",
                   "/sys/devices/virtual/powercap"};
  for (unsigned cpu = 0; cpu < cpus; ++cpu) {
    paths.push_back(format("/sys/devices/system/cpu/cpu{}/thermal_throttle", cpu));
  }
  return paths;
}

Strings default_readonly_paths() {
  return {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
}

std::vector<Mount> default_mounts() {
  const Strings locked = {"nosuid", "noexec", "nodev"};
  const auto and_more = [&locked](const Strings& more) {
    Strings all = locked;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  return {
      mount_of("/proc", "proc", "proc", locked),
      mount_of("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      mount_of("/dev/pts",
               "devpts",
               "devpts",
               {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
      mount_of("/dev/shm", "tmpfs", "shm", and_more({"mode=1777", "size=65536k"})),
      mount_of("/dev/mqueue", "mqueue", "mqueue", locked),
      mount_of("/sys", "sysfs", "sysfs", and_more({"ro"})),
      mount_of("/sys/fs/cgroup", "cgroup", "cgroup", and_more({"relatime", "ro"})),
  };
}

Spec default_spec() {
  Spec spec;
  spec.root = Root{.path = "rootfs", .readonly = true};
  spec.process = default_process();
  spec.hostname = "islet";
  spec.mounts = default_mounts();
  spec.linux_ = default_linux();
  return spec;
}

Spec rootless_spec(std::uint32_t uid, std::uint32_t gid) {
  Spec spec = default_spec();
  Linux& linux_ = *spec.linux_;
  linux_.resources.reset();
  std::erase_if(linux_.namespaces, [](const Namespace& space) { return space.type == "network"; });
  linux_.namespaces.push_back({.type = "user", .path = {}});
  linux_.uid_mappings = {{.container_id = 0, .host_id = uid, .size = 1}};
  linux_.gid_mappings = {{.container_id = 0, .host_id = gid, .size = 1}};
  for (Mount& mount : spec.mounts) {
    // Group 5 has no place in a map of one id.
    if (mount.type == "devpts") std::erase(mount.options, std::string("gid=5"));
    if (mount.type == "sysfs") {
      mount = mount_of("/sys", "none", "/sys", {"rbind", "nosuid", "noexec", "nodev", "ro"});
    }
  }
  // The bound /sys brings the host's control groups along.
  std::erase_if(spec.mounts, [](const Mount& mount) { return mount.type == "cgroup"; });
  return spec;
}

}  // namespace isle::oci
