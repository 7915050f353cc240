#include "engine/doctor.h"

#include <array>

#include "base/strings.h"
#include "kernel/cgroup/controller.h"

namespace isle::engine {
namespace {

using Grade = Finding::Grade;
using kernel::cgroup::Controller;
constexpr std::uint64_t kLittleSpace = std::uint64_t{2} << 30;

std::string line_of(const Patient& host, const char* path) {
  return std::string(trim(host.read(path).value_or("")));
}

Finding kernel_namespaces(const Patient& host) {
  std::vector<std::string> missing;
  for (const char* kind : {"mnt", "uts", "ipc", "pid", "net", "user", "cgroup", "time"}) {
    if (!host.exists(format("/proc/self/ns/{}", kind))) missing.emplace_back(kind);
  }
  if (missing.empty()) return {.subject = "namespaces", .found = "all eight kinds", .mend = {}};
  const bool needed = missing.size() > 2 || missing[0] == "mnt" || missing[0] == "pid";
  return {.grade = needed ? Grade::Broken : Grade::Limited,
          .subject = "namespaces",
          .found = "this kernel lacks " + join(missing, ", "),
          .mend = "a kernel with CONFIG_NAMESPACES and its parts (5.6 and newer have all)"};
}

Finding overlay(const Patient& host) {
  if (line_of(host, "/proc/filesystems").contains("\toverlay")) {
    return {.subject = "overlay", .found = "layers are stacked by the kernel", .mend = {}};
  }
  return {.grade = Grade::Broken,
          .subject = "overlay",
          .found = "the kernel has not loaded it",
          .mend = "modprobe overlay; echo overlay >/etc/modules-load.d/overlay.conf"};
}

Finding seccomp(const Patient& host) {
  const std::string actions = line_of(host, "/proc/sys/kernel/seccomp/actions_avail");
  if (!actions.empty()) return {.subject = "seccomp", .found = actions, .mend = {}};
  return {
      .grade = Grade::Broken,
      .subject = "seccomp",
      .found = "no filter can be set",
      .mend = "a kernel with CONFIG_SECCOMP_FILTER; --security-opt seccomp=unconfined until then"};
}

// Those that flags of `run` ask for.
Finding controllers(const Patient& host) {
  std::vector<std::string> missing;
  for (const Controller one : {Controller::Memory,
                               Controller::Cpu,
                               Controller::Cpuset,
                               Controller::Pids,
                               Controller::Io,
                               Controller::Freezer}) {
    const bool built_in = one == Controller::Freezer && host.facts.cgroups.v2() != nullptr;
    if (!built_in && !host.facts.cgroups.has(one)) {
      missing.emplace_back(kernel::cgroup::to_string(one));
    }
  }
  Finding finding{
      .subject = "control groups",
      .found = format("{}, every controller that limits need", host.facts.cgroups.kind()),
      .mend = {}};
  if (host.facts.cgroups.hierarchies.empty()) {
    finding.grade = Grade::Limited;
    finding.found = "none are mounted: no limits, no pause";
    finding.mend = "mount -t cgroup2 cgroup2 /sys/fs/cgroup";
  } else if (!missing.empty()) {
    finding.grade = Grade::Limited;
    finding.found = format("{}, without {}", host.facts.cgroups.kind(), join(missing, ", "));
    finding.mend =
        "cgroup_enable=memory swapaccount=1 on the kernel's command line, where it is "
        "switched off";
  }
  return finding;
}

Finding delegation(const Patient& host) {
  Finding finding{
      .subject = "limits of yours", .found = "a control group is delegated to you", .mend = {}};
  if (host.facts.may_make_cgroups) return finding;
  finding.grade = Grade::Limited;
  finding.found =
      "no control group is delegated to you: no --memory, --cpus, --pids-limit, no pause";
  finding.mend =
      "log in through systemd (loginctl enable-linger $USER), with cgroup v2 and "
      "Delegate=cpu cpuset io memory pids for user@.service";
  return finding;
}

// What keeps ordinary users from making one, by distributions' switches.
Finding user_namespaces(const Patient& host) {
  struct Switch {
    const char* path;
    const char* bad;
    const char* mend;
  };
  static constexpr std::array kSwitches = {
      Switch{"/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"},
      Switch{"/proc/sys/kernel/unprivileged_userns_clone",
             "0",
             "sysctl -w kernel.unprivileged_userns_clone=1"},
      Switch{
          "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
          "1",
          "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with "
          "\"userns,\" for isle"}};
  for (const Switch& one : kSwitches) {
    if (line_of(host, one.path) != one.bad) continue;
    return {.grade = host.facts.euid == 0 ? Grade::Limited : Grade::Broken,
            .subject = "user namespaces",
            .found = format("{} is {}: ordinary users cannot make one", one.path, one.bad),
            .mend = one.mend};
  }
  return {.subject = "user namespaces",
          .found = format("at most {} for each user",
                          line_of(host, "/proc/sys/user/max_user_namespaces")),
          .mend = {}};
}

Finding programs(const Patient& host) {
  std::vector<std::string> missing;
  for (const char* name : {"isle-monitor", "isle-init", "isle-unpack", "isle-fetch"}) {
    if (!host.has_program(name)) missing.emplace_back(name);
  }
  if (missing.empty()) return {.subject = "isle's programs", .found = "all are there", .mend = {}};
  return {.grade = Grade::Broken,
          .subject = "isle's programs",
          .found = join(missing, ", ") + " cannot be found",
          .mend = "make install puts them under libexec/isle beside isle"};
}

Finding map_helpers(const Patient& host) {
  if (host.has_program("newuidmap") && host.has_program("newgidmap")) {
    return {.subject = "ranges of ids", .found = "newuidmap and newgidmap are there", .mend = {}};
  }
  return {.grade = Grade::Limited,
          .subject = "ranges of ids",
          .found = "newuidmap is missing: an ordinary user has one id inside",
          .mend =
              "apt install uidmap; usermod --add-subuids 100000-165535 --add-subgids "
              "100000-165535 $USER"};
}

Finding open_files(const Patient& host) {
  constexpr std::uint64_t kEnough = 1024;
  const std::uint64_t hard = host.facts.limits.at(7).hard;  // RLIMIT_NOFILE
  const std::string words = hard == ~std::uint64_t{0} ? "no limit" : format("at most {}", hard);
  if (hard >= kEnough) return {.subject = "open files", .found = words, .mend = {}};
  return {.grade = Grade::Limited,
          .subject = "open files",
          .found = words + ": images of many layers need more",
          .mend = "ulimit -Hn 65536, or nofile in /etc/security/limits.conf"};
}

Finding space(const Patient& host) {
  const std::string words = format("{} MiB free where images are kept", host.free_bytes >> 20);
  if (host.free_bytes >= kLittleSpace) return {.subject = "disk", .found = words, .mend = {}};
  return {.grade = Grade::Limited,
          .subject = "disk",
          .found = words,
          .mend = "isle system df shows what takes it, isle system prune gives it back"};
}

Finding forwarding(const Patient& host) {
  if (line_of(host, "/proc/sys/net/ipv4/ip_forward") == "1") {
    return {.subject = "forwarding", .found = "on", .mend = {}};
  }
  return {.grade = Grade::Limited,
          .subject = "forwarding",
          .found = "off: containers on a bridge reach this host, not the world",
          .mend = "sysctl -w net.ipv4.ip_forward=1"};
}

}  // namespace

std::string_view to_string(Finding::Grade grade) {
  switch (grade) {
    case Grade::Fine: return "fine";
    case Grade::Limited: return "limited";
    case Grade::Broken: return "broken";
  }
  return "";
}

std::vector<Finding> examine(const Patient& patient) {
  std::vector<Finding> findings = {kernel_namespaces(patient),
                                   user_namespaces(patient),
                                   overlay(patient),
                                   seccomp(patient),
                                   controllers(patient),
                                   programs(patient),
                                   open_files(patient),
                                   space(patient),
                                   forwarding(patient)};
  if (patient.facts.euid != 0) {
    findings.push_back(delegation(patient));
    findings.push_back(map_helpers(patient));
  }
  return findings;
}

}  // namespace isle::engine
