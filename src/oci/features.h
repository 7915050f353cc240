#pragma once
// What a runtime can do, as `islet features` prints it. Source: runtime-spec features.md,
// features-linux.md (1.2, with 1.3's additions). Absent means "unknown", false means "not there".

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "oci/runtime_spec.h"

namespace isle::oci {

struct CgroupFeatures {
  std::optional<bool> v1, v2, systemd, systemd_user, rdma;
};

struct SeccompFeatures {
  std::optional<bool> enabled;
  Strings actions, operators, archs, known_flags, supported_flags;
};

struct IntelRdtFeatures {
  std::optional<bool> enabled, schemata, monitoring;
};

struct MemoryPolicyFeatures {
  Strings modes, flags;
};

struct LinuxFeatures {
  Strings namespaces, capabilities;
  std::optional<CgroupFeatures> cgroup;
  std::optional<SeccompFeatures> seccomp;
  std::optional<bool> apparmor, selinux;  // member .enabled of each
  std::optional<IntelRdtFeatures> intel_rdt;
  std::optional<MemoryPolicyFeatures> memory_policy;
  std::optional<bool> idmap_mounts;  // mountExtensions.idmap.enabled
  std::optional<bool> net_devices;   // netDevices.enabled
};

struct Features {
  std::string oci_version_min = "1.0.0";
  std::string oci_version_max;
  Strings hooks, mount_options;
  std::optional<LinuxFeatures> linux_;
  StringMap annotations;
  Strings potentially_unsafe_annotations;
};

Result<Features> read_features(std::string_view text);
json::Value write_features(const Features& features);

}  // namespace isle::oci
