#pragma once
// The enumerated texts of the runtime specification: what a reader accepts, and what the features
// document can list. Sources: runtime-spec config.md, config-linux.md (1.3); rlimit names are
// those of getrlimit(2), propagation also has the recursive forms every runtime takes.

#include <string_view>

namespace isle::oci::names {

using Name = std::string_view;

inline constexpr Name kNamespaces[] = {
    "pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"};
inline constexpr Name kClocks[] = {"monotonic", "boottime"};
inline constexpr Name kHooks[] = {
    "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"};
inline constexpr Name kStatuses[] = {"creating", "created", "running", "paused", "stopped"};

inline constexpr Name kRlimits[] = {"RLIMIT_AS",
                                    "RLIMIT_CORE",
                                    "RLIMIT_CPU",
                                    "RLIMIT_DATA",
                                    "RLIMIT_FSIZE",
                                    "RLIMIT_LOCKS",
                                    "RLIMIT_MEMLOCK",
                                    "RLIMIT_MSGQUEUE",
                                    "RLIMIT_NICE",
                                    "RLIMIT_NOFILE",
                                    "RLIMIT_NPROC",
                                    "RLIMIT_RSS",
                                    "RLIMIT_RTPRIO",
                                    "RLIMIT_RTTIME",
                                    "RLIMIT_SIGPENDING",
                                    "RLIMIT_STACK"};

inline constexpr Name kSchedulerPolicies[] = {"SCHED_OTHER",
                                              "SCHED_FIFO",
                                              "SCHED_RR",
                                              "SCHED_BATCH",
                                              "SCHED_ISO",
                                              "SCHED_IDLE",
                                              "SCHED_DEADLINE"};
inline constexpr Name kSchedulerFlags[] = {"SCHED_FLAG_RESET_ON_FORK",
                                           "SCHED_FLAG_RECLAIM",
                                           "SCHED_FLAG_DL_OVERRUN",
                                           "SCHED_FLAG_KEEP_POLICY",
                                           "SCHED_FLAG_KEEP_PARAMS",
                                           "SCHED_FLAG_UTIL_CLAMP_MIN",
                                           "SCHED_FLAG_UTIL_CLAMP_MAX"};
inline constexpr Name kIoPriorityClasses[] = {
    "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"};

inline constexpr Name kPropagations[] = {
    "shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable"};
inline constexpr Name kDeviceTypes[] = {"c", "b", "u", "p"};
inline constexpr Name kDeviceRuleTypes[] = {"a", "c", "b"};
inline constexpr Name kPersonalityDomains[] = {"LINUX", "LINUX32"};

inline constexpr Name kSeccompActions[] = {"SCMP_ACT_KILL",
                                           "SCMP_ACT_KILL_PROCESS",
                                           "SCMP_ACT_KILL_THREAD",
                                           "SCMP_ACT_TRAP",
                                           "SCMP_ACT_ERRNO",
                                           "SCMP_ACT_TRACE",
                                           "SCMP_ACT_ALLOW",
                                           "SCMP_ACT_LOG",
                                           "SCMP_ACT_NOTIFY"};
inline constexpr Name kSeccompOperators[] = {"SCMP_CMP_NE",
                                             "SCMP_CMP_LT",
                                             "SCMP_CMP_LE",
                                             "SCMP_CMP_EQ",
                                             "SCMP_CMP_GE",
                                             "SCMP_CMP_GT",
                                             "SCMP_CMP_MASKED_EQ"};
inline constexpr Name kSeccompArchitectures[] = {
    "SCMP_ARCH_X86",     "SCMP_ARCH_X86_64",   "SCMP_ARCH_X32",         "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
    "SCMP_ARCH_PPC64",   "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_S390",        "SCMP_ARCH_S390X",
    "SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",     "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",    "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB"};
inline constexpr Name kSeccompFlags[] = {"SECCOMP_FILTER_FLAG_TSYNC",
                                         "SECCOMP_FILTER_FLAG_LOG",
                                         "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                                         "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};

inline constexpr Name kMemoryPolicyModes[] = {"MPOL_DEFAULT",
                                              "MPOL_BIND",
                                              "MPOL_INTERLEAVE",
                                              "MPOL_WEIGHTED_INTERLEAVE",
                                              "MPOL_PREFERRED",
                                              "MPOL_PREFERRED_MANY",
                                              "MPOL_LOCAL"};
inline constexpr Name kMemoryPolicyFlags[] = {
    "MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"};

}  // namespace isle::oci::names
