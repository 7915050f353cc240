// Every option of a container, in the order help shows them within a section and in which they
// add to the specification: user namespaces first, since what may be mounted and who may be
// mapped depends on them; masks and the system call filter last, since they follow from the rest.
#include <array>

#include "options/rows.h"

namespace isle::options {
namespace {

constexpr std::array kTable = {
    // general
    &kName,
    &kRemove,
    &kReplace,
    &kCidfile,
    &kPidfile,
    &kConmonPidfile,
    &kDetach,
    &kAttach,
    &kDetachKeys,
    &kPreserveFds,
    &kSigProxy,
    &kExplain,
    &kPull,
    &kPlatform,
    &kOs,
    &kArch,
    &kVariant,
    &kQuiet,
    &kTlsVerify,
    &kCreds,
    &kAuthfile,
    &kLabel,
    &kLabelFile,
    &kAnnotation,
    &kHelp,
    // namespaces
    &kUserns,
    &kUidmap,
    &kGidmap,
    &kHostname,
    &kDomainname,
    &kUts,
    &kPid,
    &kIpc,
    &kCgroupns,
    &kTimeOffset,
    &kNetwork,
    &kNet,
    &kIp,
    &kIp6,
    &kMacAddress,
    &kNetworkAlias,
    &kNetAlias,
    &kPublish,
    &kPublishAll,
    &kExpose,
    &kDns,
    &kDnsSearch,
    &kDnsOption,
    &kAddHost,
    &kNoHosts,
    // files
    &kRootfs,
    &kReadOnly,
    &kReadOnlyTmpfs,
    &kVolume,
    &kVolumesFrom,
    &kImageVolume,
    &kTmpfs,
    &kShmSize,
    &kMount,
    &kDevice,
    &kStorageDriver,
    &kStorageOpt,
    // the command
    &kInteractive,
    &kTty,
    &kUser,
    &kGroupAdd,
    &kWorkdir,
    &kEnv,
    &kEnvFile,
    &kEnvMerge,
    &kUnsetenv,
    &kUnsetenvAll,
    &kUmask,
    &kTz,
    &kPersonality,
    &kEntrypoint,
    &kInit,
    &kRestart,
    &kStopSignal,
    &kStopTimeout,
    &kSdnotify,
    &kTimeout,
    &kLogDriver,
    &kLogOpt,
    &kHealthCmd,
    &kHealthInterval,
    &kHealthTimeout,
    &kHealthRetries,
    &kHealthStartPeriod,
    &kHealthStartInterval,
    &kHealthOnFailure,
    &kHealthStartupCmd,
    &kHealthStartupInterval,
    &kHealthStartupTimeout,
    &kHealthStartupRetries,
    &kHealthStartupSuccess,
    &kHealthMaxLogCount,
    &kHealthMaxLogSize,
    &kNoHealthcheck,
    // limits
    &kMemory,
    &kMemorySwap,
    &kMemoryReservation,
    &kMemorySwappiness,
    &kOomKillDisable,
    &kCpus,
    &kCpuShares,
    &kCpuQuota,
    &kCpuPeriod,
    &kCpusetCpus,
    &kCpusetMems,
    &kPidsLimit,
    &kBlkioWeight,
    &kBlkioWeightDevice,
    &kDeviceReadBps,
    &kDeviceWriteBps,
    &kDeviceReadIops,
    &kDeviceWriteIops,
    &kUlimit,
    &kOomScoreAdj,
    &kCgroupParent,
    &kCgroups,
    &kCgroupConf,
    &kRdtClass,
    // security
    &kCapAdd,
    &kCapDrop,
    &kSecurityOpt,
    &kSysctl,
    &kPrivileged};

}  // namespace

std::span<const Option* const> option_table() { return kTable; }

std::vector<Flag> option_flags() {
  std::vector<Flag> flags;
  flags.reserve(kTable.size());
  for (const Option* option : kTable) flags.push_back(option->flag);
  return flags;
}

Result<void> apply_options(SpecBuilder& builder, const record::Container& container) {
  for (const Option* option : kTable) {
    if (option->apply != nullptr) TRY(option->apply(builder, container));
  }
  TRY(apply_masks(builder, container));
  return apply_seccomp(builder, container);
}

}  // namespace isle::options
