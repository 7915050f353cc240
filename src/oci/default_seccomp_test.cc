// The default profile beside docker's and podman's: every name that one allows and the other does
// not is in a table here with its reason, so that neither a slip nor a new release goes unseen.
// What the rules with arguments do is tested on the compiled program, runtime/plan.
#include "oci/default_seccomp.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/strings.h"

namespace isle::oci {
namespace {

using Set = std::set<std::string>;

const Strings kDefaultCapabilities = {"CAP_CHOWN",
                                      "CAP_DAC_OVERRIDE",
                                      "CAP_FSETID",
                                      "CAP_FOWNER",
                                      "CAP_SETGID",
                                      "CAP_SETUID",
                                      "CAP_SETFCAP",
                                      "CAP_SETPCAP",
                                      "CAP_NET_BIND_SERVICE",
                                      "CAP_SYS_CHROOT",
                                      "CAP_KILL"};
const Strings kAllCapabilities = {
    "CAP_CHOWN",      "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_SETGID",     "CAP_SETUID",       "CAP_SETFCAP",          "CAP_SETPCAP",
    "CAP_KILL",       "CAP_SYS_CHROOT",   "CAP_NET_BIND_SERVICE", "CAP_SYS_ADMIN",
    "CAP_SYS_PTRACE", "CAP_SYS_TIME",     "CAP_SYS_NICE",         "CAP_SYS_MODULE",
    "CAP_SYS_BOOT",   "CAP_SYS_PACCT",    "CAP_SYS_RAWIO",        "CAP_SYS_TTY_CONFIG",
    "CAP_SYSLOG",     "CAP_BPF",          "CAP_PERFMON",          "CAP_DAC_READ_SEARCH",
    "CAP_AUDIT_WRITE"};

// Names that are allowed at least for some arguments.
Set allowed_by(const Seccomp& profile) {
  Set names;
  for (const SeccompRule& rule : profile.syscalls) {
    if (rule.action == "SCMP_ACT_ALLOW") names.insert(rule.names.begin(), rule.names.end());
  }
  return names;
}

Strings strings_at(const json::Value& value, std::string_view outer, std::string_view inner) {
  Strings strings;
  const json::Value* found = value.find(outer);
  if (found != nullptr) found = found->find(inner);
  if (found == nullptr || found->array() == nullptr) return strings;
  for (const json::Value& each : *found->array()) strings.push_back(*each.string());
  return strings;
}

// Whether a rule of a reference profile holds under these capabilities. Rules for single
// architectures always do: ours has the names of all in one list.
bool applies(const json::Value& rule, const Strings& capabilities) {
  const auto granted = [&](const std::string& name) {
    return std::ranges::find(capabilities, name) != capabilities.end();
  };
  return std::ranges::all_of(strings_at(rule, "includes", "caps"), granted) &&
         std::ranges::none_of(strings_at(rule, "excludes", "caps"), granted);
}

Set allowed_by(const json::Value& profile, const Strings& capabilities) {
  Set names;
  for (const json::Value& rule : *profile.find("syscalls")->array()) {
    if (*rule.find("action")->string() != "SCMP_ACT_ALLOW" || !applies(rule, capabilities))
      continue;
    for (const json::Value& name : *rule.find("names")->array()) names.insert(*name.string());
  }
  return names;
}

std::optional<json::Value> reference(const std::string& name) {
  const char* given = std::getenv("ISLE_TEST_DATA");
  std::string_view source = __FILE__;
  source.remove_suffix(std::string_view("src/oci/default_seccomp_test.cc").size());
  const std::string data = given != nullptr ? given : std::string(source) + "../shared/data";
  std::ifstream file(data + "/seccomp/" + name + ".json");
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  return MUST(json::parse(text.str()));
}

Set differences(const Set& ours, const Set& theirs) {
  Set result;
  for (const std::string& name : ours) {
    if (!theirs.contains(name)) result.insert("+" + name);
  }
  for (const std::string& name : theirs) {
    if (!ours.contains(name)) result.insert("-" + name);
  }
  return result;
}

// "+" is allowed by ours only, "-" by the other's only; under no capability but the default ones,
// under all of them, or under both.
enum class When : unsigned char { Default, All, Both };
struct Difference {
  When when;
  std::string names;  // divided by spaces
  std::string reason;
};

// From both of them.
const std::vector<Difference> kBoth = {
    {When::Both,
     "+file_getattr +file_setattr",
     "Linux 6.17; what the FS_IOC_FS[GS]ETXATTR ioctls do, with the same checks, also by path"},
    {When::Both, "+rseq_slice_yield", "Linux 7.0; a thread gives back time it was lent"},
    {When::Both, "+uprobe", "Linux 6.18; a probe's trampoline makes it in the process's name"},
    {When::Both, "-epoll_ctl_old -epoll_wait_old", "numbers that no Linux ever answered"},
    {When::All, "+open_tree_attr", "Linux 6.15; open_tree and mount_setattr in one"},
    {When::All, "-lookup_dcookie", "gone since Linux 6.7, with the profiler it was for"},
};

void expect_listed(const std::string& profile, const std::vector<Difference>& listed) {
  const auto other = reference(profile);
  if (!other) GTEST_SKIP() << "no reference profile " << profile << "; set ISLE_TEST_DATA";
  for (const When when : {When::Default, When::All}) {
    const Strings& capabilities = when == When::All ? kAllCapabilities : kDefaultCapabilities;
    Set expected;
    for (const auto* rows : {&kBoth, &listed}) {
      for (const Difference& row : *rows) {
        EXPECT_FALSE(row.reason.empty());
        if (row.when != when && row.when != When::Both) continue;
        for (std::string_view name : split(row.names, ' ')) expected.insert(std::string(name));
      }
    }
    EXPECT_EQ(
        differences(allowed_by(default_seccomp(capabilities)), allowed_by(*other, capabilities)),
        expected)
        << (when == When::All ? "all capabilities" : "default capabilities");
  }
}

TEST(DefaultSeccomp, NoNameStandsTwiceWithoutConditions) {
  Set seen;
  for (const SeccompRule& rule : default_seccomp(kDefaultCapabilities).syscalls) {
    if (!rule.args.empty() || rule.action != "SCMP_ACT_ALLOW") continue;
    for (const std::string& name : rule.names) EXPECT_TRUE(seen.insert(name).second) << name;
  }
}

TEST(DefaultSeccomp, NeverAllowed) {
  const Set names = allowed_by(default_seccomp(kAllCapabilities));
  for (const char* name : {"io_uring_setup",
                           "io_uring_enter",
                           "io_uring_register",
                           "userfaultfd",
                           "keyctl",
                           "add_key",
                           "request_key",
                           "kexec_load",
                           "kexec_file_load",
                           "swapon",
                           "swapoff",
                           "nfsservctl",
                           "move_pages",
                           "migrate_pages"}) {
    EXPECT_FALSE(names.contains(name)) << name;
  }
}

TEST(DefaultSeccomp, DifferencesFromDockersAreListed) {
  expect_listed(
      "moby",
      {
          {When::Both,
           "-vmsplice",
           "hands out references to pages, which has leaked memory before; programs that "
           "try it fall back"},
          {When::All,
           "+pivot_root",
           "nothing that mount with MS_MOVE does not do; container engines inside need it"},
      });
}

TEST(DefaultSeccomp, DifferencesFromPodmansAreListed) {
  expect_listed(
      "containers-common",
      {
          {When::Both,
           "+cachestat +futex_requeue +futex_wait +futex_waitv +futex_wake +getxattrat "
           "+setxattrat +listxattrat +removexattrat +mseal +map_shadow_stack +riscv_hwprobe",
           "newer forms of calls that are allowed; as docker"},
          {When::Both,
           "+io_pgetevents +io_pgetevents_time64",
           "io_getevents with a signal mask; as docker"},
          {When::Both,
           "+statmount +listmount",
           "what /proc/self/mountinfo says already; as docker"},
          {When::Both,
           "+uretprobe",
           "Linux 6.11; a probe's trampoline makes it in the process's name; as docker"},
          {When::Default,
           "-mount -umount -umount2 -pivot_root -mount_setattr -move_mount -open_tree -fsopen "
           "-fsconfig -fsmount -fspick",
           "the kernel refuses them without CAP_SYS_ADMIN in the mount namespace's owner; a filter "
           "spares it the code before that check; as docker"},
          {When::Default,
           "-setns -unshare -clone3",
           "ways to a user namespace, in which all capabilities are to be had; as docker. clone3 "
           "gets ENOSYS, and clone is checked"},
          {When::Both, "-keyctl", "keyrings belong to users of the host, not to containers"},
          {When::Default,
           "-reboot -syslog",
           "of use with CAP_SYS_BOOT, CAP_SYSLOG only; as docker"},
          {When::Default,
           "-pidfd_getfd",
           "takes open files out of another process; with CAP_SYS_PTRACE; as docker"},
          {When::Default,
           "-mbind -get_mempolicy -set_mempolicy",
           "placement on the machine's memory nodes; with CAP_SYS_NICE; as docker"},
          {When::All, "+set_mempolicy_home_node", "Linux 5.17; the fourth of them"},
          {When::All,
           "+lsm_get_self_attr +lsm_set_self_attr +lsm_list_modules",
           "Linux 6.8; what /proc/self/attr does; as docker"},
          {When::Both, "-signal", "i386's oldest form; no C library of today makes it"},
          {When::All, "-query_module", "gone since Linux 2.6"},
      });
}

}  // namespace
}  // namespace isle::oci
