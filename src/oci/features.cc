// The features document <-> JSON.
#include "oci/features.h"

#include "oci/json_writer.h"

namespace isle::oci {

template <typename Io>
void fields(Io& io, typename Io::template Ref<CgroupFeatures> cgroup) {
  io.optional("v1", cgroup.v1);
  io.optional("v2", cgroup.v2);
  io.optional("systemd", cgroup.systemd);
  io.optional("systemdUser", cgroup.systemd_user);
  io.optional("rdma", cgroup.rdma);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<SeccompFeatures> seccomp) {
  io.optional("enabled", seccomp.enabled);
  io.optional("actions", seccomp.actions);
  io.optional("operators", seccomp.operators);
  io.optional("archs", seccomp.archs);
  io.optional("knownFlags", seccomp.known_flags);
  io.optional("supportedFlags", seccomp.supported_flags);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<IntelRdtFeatures> rdt) {
  io.optional("enabled", rdt.enabled);
  io.optional("schemata", rdt.schemata);
  io.optional("monitoring", rdt.monitoring);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<MemoryPolicyFeatures> policy) {
  io.optional("modes", policy.modes);
  io.optional("flags", policy.flags);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<LinuxFeatures> features) {
  io.optional("namespaces", features.namespaces);
  io.optional("capabilities", features.capabilities);
  io.optional("cgroup", features.cgroup);
  io.optional("seccomp", features.seccomp);
  io.nested("apparmor", [&](auto& inner) { inner.optional("enabled", features.apparmor); });
  io.nested("selinux", [&](auto& inner) { inner.optional("enabled", features.selinux); });
  io.optional("intelRdt", features.intel_rdt);
  io.optional("memoryPolicy", features.memory_policy);
  io.nested("mountExtensions", [&](auto& extensions) {
    extensions.nested("idmap", [&](auto& i) { i.optional("enabled", features.idmap_mounts); });
  });
  io.nested("netDevices", [&](auto& inner) { inner.optional("enabled", features.net_devices); });
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Features> features) {
  io.required("ociVersionMin", features.oci_version_min);
  io.required("ociVersionMax", features.oci_version_max);
  io.optional("hooks", features.hooks);
  io.optional("mountOptions", features.mount_options);
  io.optional("linux", features.linux_);
  io.optional("annotations", features.annotations);
  io.optional("potentiallyUnsafeConfigAnnotations", features.potentially_unsafe_annotations);
}

Result<Features> read_features(std::string_view text) {
  return read_document<Features>(TRY(json::parse(text)));
}

json::Value write_features(const Features& features) { return write_value(features); }

}  // namespace isle::oci
