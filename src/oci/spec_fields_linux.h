#pragma once
// The members of "linux" of config.json, without its resources.

#include "oci/json_writer.h"
#include "oci/runtime_spec.h"
#include "oci/spec_fields_process.h"
#include "oci/spec_fields_resources.h"
#include "oci/spec_names.h"

namespace isle::oci {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Namespace> space) {
  io.required("type", space.type, names::kNamespaces);
  io.optional("path", space.path);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<TimeOffset> offset) {
  io.always("secs", offset.secs);
  io.always("nanosecs", offset.nanosecs);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Device> device) {
  io.required("type", device.type, names::kDeviceTypes);
  io.required("path", device.path);
  io.always("major", device.major);
  io.always("minor", device.minor);
  io.optional("fileMode", device.file_mode);
  io.optional("uid", device.uid);
  io.optional("gid", device.gid);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<NetDevice> device) {
  io.optional("name", device.name);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<SeccompArg> arg) {
  io.required("index", arg.index);
  io.required("value", arg.value);
  io.optional("valueTwo", arg.value_two);
  io.required("op", arg.op, names::kSeccompOperators);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<SeccompRule> rule) {
  io.required("names", rule.names);
  io.required("action", rule.action, names::kSeccompActions);
  io.optional("errnoRet", rule.errno_ret);
  io.optional("args", rule.args);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Seccomp> seccomp) {
  io.required("defaultAction", seccomp.default_action, names::kSeccompActions);
  io.optional("defaultErrnoRet", seccomp.default_errno_ret);
  io.optional("architectures", seccomp.architectures, names::kSeccompArchitectures);
  io.optional("flags", seccomp.flags, names::kSeccompFlags);
  io.optional("listenerPath", seccomp.listener_path);
  io.optional("listenerMetadata", seccomp.listener_metadata);
  io.optional("syscalls", seccomp.syscalls);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<IntelRdt> rdt) {
  io.optional("closID", rdt.clos_id);
  io.optional("schemata", rdt.schemata);
  io.optional("l3CacheSchema", rdt.l3_cache_schema);
  io.optional("memBwSchema", rdt.mem_bw_schema);
  io.optional("enableCMT", rdt.enable_cmt);
  io.optional("enableMBM", rdt.enable_mbm);
  io.optional("enableMonitoring", rdt.enable_monitoring);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Personality> personality) {
  io.required("domain", personality.domain, names::kPersonalityDomains);
  io.optional("flags", personality.flags);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<MemoryPolicy> policy) {
  io.required("mode", policy.mode, names::kMemoryPolicyModes);
  io.optional("nodes", policy.nodes);
  io.optional("flags", policy.flags, names::kMemoryPolicyFlags);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Linux> linux_) {
  io.optional("uidMappings", linux_.uid_mappings);
  io.optional("gidMappings", linux_.gid_mappings);
  io.optional("timeOffsets", linux_.time_offsets, names::kClocks);
  io.optional("sysctl", linux_.sysctl);
  io.optional("resources", linux_.resources);
  io.optional("cgroupsPath", linux_.cgroups_path);
  io.optional("namespaces", linux_.namespaces);
  io.optional("devices", linux_.devices);
  io.optional("netDevices", linux_.net_devices);
  io.optional("seccomp", linux_.seccomp);
  io.optional("rootfsPropagation", linux_.rootfs_propagation, names::kPropagations);
  io.optional("maskedPaths", linux_.masked_paths);
  io.optional("readonlyPaths", linux_.readonly_paths);
  io.optional("mountLabel", linux_.mount_label);
  io.optional("intelRdt", linux_.intel_rdt);
  io.optional("personality", linux_.personality);
  io.optional("memoryPolicy", linux_.memory_policy);
}

}  // namespace isle::oci
