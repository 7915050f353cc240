#pragma once
// The rows of the option table, one declaration each; table.cc puts them in order.

#include "options/option.h"

namespace isle::options {

extern const Option kAddHost, kDns, kDnsOption, kDnsSearch, kExpose, kIp, kIp6, kMacAddress,
    kNetAlias, kNetworkAlias, kNoHosts, kPublish, kPublishAll;
extern const Option kAnnotation, kAuthfile, kBlkioWeight, kBlkioWeightDevice, kCapAdd, kCapDrop,
    kCgroupParent, kCgroupns, kCidfile, kConmonPidfile, kCpuPeriod, kCpuQuota, kCpuShares, kCpus,
    kCpusetCpus, kCpusetMems, kCreds, kDetach, kDevice, kDeviceReadBps, kDeviceReadIops,
    kDeviceWriteBps, kDeviceWriteIops, kDomainname, kEntrypoint, kEnv, kEnvFile, kExplain, kGidmap,
    kGroupAdd, kHealthCmd, kHealthInterval, kHealthOnFailure, kHealthRetries, kHealthStartInterval,
    kHealthStartPeriod, kHealthTimeout, kHelp, kHostname, kInit, kInteractive, kIpc, kLabel,
    kLogDriver, kLogOpt, kMemory, kMemoryReservation, kMemorySwap, kMemorySwappiness, kMount, kName,
    kNoHealthcheck, kNet, kNetwork, kOomKillDisable, kOomScoreAdj, kPid, kPidfile, kPidsLimit,
    kPlatform, kPrivileged, kPull, kQuiet, kReadOnly, kRemove, kReplace, kRestart, kRootfs,
    kSdnotify, kSecurityOpt, kShmSize, kStopSignal, kStopTimeout, kStorageDriver, kStorageOpt,
    kSysctl, kTimeOffset, kTimeout, kTlsVerify, kTmpfs, kTty, kUidmap, kUlimit, kUser, kUserns,
    kUts, kVolume, kVolumesFrom, kImageVolume, kWorkdir;

extern const Option kCgroupConf, kEnvMerge, kPersonality, kRdtClass, kTz, kUmask, kUnsetenv,
    kUnsetenvAll;

extern const Option kArch, kAttach, kCgroups, kDetachKeys, kLabelFile, kOs, kReadOnlyTmpfs,
    kPreserveFds, kSigProxy, kVariant;
extern const Option kHealthStartupCmd, kHealthStartupInterval, kHealthStartupRetries,
    kHealthStartupSuccess, kHealthStartupTimeout, kHealthMaxLogCount, kHealthMaxLogSize;

// The tmpfs that --read-only-tmpfs asks for, where nothing else is mounted.
Result<void> add_read_only_tmpfs(RunRequest& request);

// Parts that no single flag owns.
Result<void> apply_masks(SpecBuilder& builder, const record::Container& container);
Result<void> apply_seccomp(SpecBuilder& builder, const record::Container& container);

}  // namespace isle::options
