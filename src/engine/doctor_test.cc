#include "engine/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "kernel/cgroup/layout.h"

namespace isle::engine {
namespace {

using testing::HasSubstr;
using Grade = Finding::Grade;

struct MadeUp {
  std::map<std::string, std::string> files = {
      {"/proc/filesystems", "nodev\tproc\nnodev\toverlay"},
      {"/proc/sys/kernel/seccomp/actions_avail", "kill_process errno allow"},
      {"/proc/sys/user/max_user_namespaces", "15000"},
      {"/proc/sys/net/ipv4/ip_forward", "1"}};
  std::set<std::string> absent;  // files and programs
  std::uint64_t free_bytes = std::uint64_t{100} << 30;
  uid_t uid = 0;
  bool delegated = true;
  std::string controllers = "cpuset cpu io memory pids";

  Finding about(const std::string& subject) const {
    Patient host;
    host.facts.euid = uid;
    host.facts.may_make_cgroups = delegated;
    host.facts.limits.fill({.soft = 1024, .hard = 20000});
    host.facts.cgroups = kernel::cgroup::parse_layout(
        controllers.empty() ? "" : "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
        "0::/\n",
        controllers);
    host.free_bytes = free_bytes;
    host.read = [this](const std::string& path) -> std::optional<std::string> {
      const auto found = files.find(path);
      return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    host.exists = [this](const std::string& path) { return !absent.contains(path); };
    host.has_program = [this](const std::string& name) { return !absent.contains(name); };
    for (Finding& finding : examine(host)) {
      if (finding.subject == subject) return std::move(finding);
    }
    return {.subject = "nothing about " + subject};
  }
};

TEST(Doctor, AHostThatHasAllIsFine) {
  for (const char* subject : {"namespaces",
                              "user namespaces",
                              "overlay",
                              "seccomp",
                              "control groups",
                              "isle's programs",
                              "open files",
                              "disk",
                              "forwarding"}) {
    const Finding finding = MadeUp{}.about(subject);
    EXPECT_EQ(finding.subject, subject);
    EXPECT_EQ(finding.grade, Grade::Fine) << subject << ": " << finding.found;
    EXPECT_EQ(finding.mend, "") << subject;
  }
}

TEST(Doctor, WhatIsMissingComesWithALineThatMendsIt) {
  MadeUp host;
  host.files["/proc/filesystems"] = "nodev\tproc";
  EXPECT_EQ(host.about("overlay").grade, Grade::Broken);
  EXPECT_THAT(host.about("overlay").mend, HasSubstr("modprobe overlay"));
  host.files["/proc/sys/net/ipv4/ip_forward"] = "0";
  EXPECT_THAT(host.about("forwarding").mend, HasSubstr("ip_forward=1"));
  host.absent = {"/proc/self/ns/time", "isle-fetch"};
  EXPECT_EQ(host.about("namespaces").grade, Grade::Limited);
  EXPECT_THAT(host.about("namespaces").found, HasSubstr("time"));
  EXPECT_THAT(host.about("isle's programs").found, HasSubstr("isle-fetch"));
  host.free_bytes = 1000;
  EXPECT_THAT(host.about("disk").mend, HasSubstr("isle system prune"));
}

TEST(Doctor, EverySwitchOfADistributionIsNamed) {
  MadeUp host;
  host.files["/proc/sys/kernel/apparmor_restrict_unprivileged_userns"] = "1";
  EXPECT_EQ(host.about("user namespaces").grade, Grade::Limited);
  EXPECT_THAT(host.about("user namespaces").mend, HasSubstr("apparmor_restrict"));
  host.uid = 1000;
  EXPECT_EQ(host.about("user namespaces").grade, Grade::Broken);
  MadeUp other;
  other.files["/proc/sys/user/max_user_namespaces"] = "0";
  EXPECT_THAT(other.about("user namespaces").mend, HasSubstr("max_user_namespaces=15000"));
}

TEST(Doctor, ControllersThatAreMissingAreNamed) {
  MadeUp host;
  host.controllers = "cpu pids";
  EXPECT_EQ(host.about("control groups").grade, Grade::Limited);
  EXPECT_THAT(host.about("control groups").found, HasSubstr("memory"));
  host.controllers = "";
  EXPECT_THAT(host.about("control groups").found, HasSubstr("none are mounted"));
}

TEST(Doctor, AnOrdinaryUserIsToldOfDelegationAndIds) {
  MadeUp host;
  EXPECT_THAT(host.about("limits of yours").subject, HasSubstr("nothing about"));
  host.uid = 1000;
  host.delegated = false;
  host.absent = {"newuidmap"};
  EXPECT_EQ(host.about("limits of yours").grade, Grade::Limited);
  EXPECT_THAT(host.about("ranges of ids").mend, HasSubstr("apt install uidmap"));
}

}  // namespace
}  // namespace isle::engine
