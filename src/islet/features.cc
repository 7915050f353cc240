// features: what this build can do on this kernel, for callers that choose by it.

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "islet/verb.h"
#include "kernel/capability.h"
#include "kernel/mount_options.h"
#include "kernel/process.h"
#include "kernel/seccomp_arch.h"
#include "oci/features.h"
#include "oci/spec_names.h"

namespace isle::islet {

namespace {

// A kind this kernel was built without cannot be asked for.
oci::Strings namespaces() {
  constexpr std::pair<const char*, const char*> kKinds[] = {{"cgroup", "cgroup"},
                                                            {"ipc", "ipc"},
                                                            {"mnt", "mount"},
                                                            {"net", "network"},
                                                            {"pid", "pid"},
                                                            {"time", "time"},
                                                            {"user", "user"},
                                                            {"uts", "uts"}};
  oci::Strings kinds;
  for (const auto& [file, name] : kKinds) {
    if (access(format("/proc/self/ns/{}", file).c_str(), F_OK) == 0) kinds.emplace_back(name);
  }
  return kinds;
}

// A filter cannot be at address 0: the kernel refuses a flag it does not know (EINVAL) before it
// looks there (EFAULT).
bool kernel_takes(std::string_view name) {
  std::uint64_t flag = 0;
  if (name == "SECCOMP_FILTER_FLAG_TSYNC") flag = SECCOMP_FILTER_FLAG_TSYNC;
  if (name == "SECCOMP_FILTER_FLAG_LOG") flag = SECCOMP_FILTER_FLAG_LOG;
  if (name == "SECCOMP_FILTER_FLAG_SPEC_ALLOW") flag = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  if (name == "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") {
    flag = SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV | SECCOMP_FILTER_FLAG_NEW_LISTENER;
  }
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, nullptr) != 0 && errno == EFAULT;
}

oci::SeccompFeatures seccomp() {
  oci::SeccompFeatures features{.enabled = access("/proc/sys/kernel/seccomp", F_OK) == 0};
  features.actions = {"SCMP_ACT_ALLOW",
                      "SCMP_ACT_ERRNO",
                      "SCMP_ACT_KILL",
                      "SCMP_ACT_KILL_PROCESS",
                      "SCMP_ACT_KILL_THREAD",
                      "SCMP_ACT_LOG",
                      "SCMP_ACT_NOTIFY",
                      "SCMP_ACT_TRACE",
                      "SCMP_ACT_TRAP"};
  features.operators = {"SCMP_CMP_EQ",
                        "SCMP_CMP_GE",
                        "SCMP_CMP_GT",
                        "SCMP_CMP_LE",
                        "SCMP_CMP_LT",
                        "SCMP_CMP_MASKED_EQ",
                        "SCMP_CMP_NE"};
  for (const std::string_view flag : oci::names::kSeccompFlags) {
    features.known_flags.emplace_back(flag);
    if (kernel_takes(flag)) features.supported_flags.emplace_back(flag);
  }
  const std::string archs = kernel::seccomp_arch_names();
  for (const std::string_view name : split(archs, ' ')) {
    features.archs.push_back("SCMP_ARCH_" + std::string(name));
  }
  return features;
}

oci::MemoryPolicyFeatures memory_policy() {
  oci::MemoryPolicyFeatures features;
  for (const std::string_view mode : oci::names::kMemoryPolicyModes) {
    features.modes.emplace_back(mode);
  }
  for (const std::string_view flag : oci::names::kMemoryPolicyFlags) {
    features.flags.emplace_back(flag);
  }
  return features;
}

Result<oci::Features> features() {
  oci::Features all{.oci_version_max = std::string(oci::kRuntimeSpecVersion)};
  all.hooks = {
      "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"};
  all.mount_options = kernel::mount_option_words();
  oci::LinuxFeatures on_linux{.namespaces = namespaces()};
  const int last = TRY(kernel::last_capability());
  on_linux.capabilities = kernel::capability_names(kernel::CapabilitySet::up_to(last));
  // The program that talks to systemd; whether systemd runs here is another question.
  const bool has_systemd_program =
      access((TRY(kernel::program_directory()) / "isle-systemd").c_str(), X_OK) == 0;
  on_linux.cgroup = oci::CgroupFeatures{.v1 = true,
                                        .v2 = true,
                                        .systemd = has_systemd_program,
                                        .systemd_user = has_systemd_program,
                                        .rdma = false};
  on_linux.seccomp = seccomp();
  on_linux.intel_rdt = oci::IntelRdtFeatures{.enabled = true, .schemata = true, .monitoring = true};
  on_linux.memory_policy = memory_policy();
  on_linux.idmap_mounts = true;
  on_linux.net_devices = true;
  all.linux_ = std::move(on_linux);
  all.annotations["org.islet.version"] = ISLE_VERSION;
  // Some of these let a specification name files of the host.
  all.potentially_unsafe_annotations = {"run.oci."};
  return all;
}

Result<int> run(const Globals&, const Arguments&) {
  TRY(print(json::write_pretty(oci::write_features(TRY(features())), 4) + "\n"));
  return 0;
}

}  // namespace

const Verb kFeatures{.name = "features",
                     .words = "",
                     .summary = "print what this build and this kernel can do, as JSON",
                     .options = {},
                     .run = run};

}  // namespace isle::islet
