#pragma once
// The OCI runtime specification's config.json (1.2, with 1.3's additions) as plain structs: names
// are the specification's own in snake_case, absent members are empty optionals or containers.
// Reading and writing: oci/runtime_spec_json.h. Source: runtime-spec config.md, config-linux.md.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isle::oci {

// The newest version of the runtime specification isle follows; what it writes says so.
inline constexpr std::string_view kRuntimeSpecVersion = "1.3.0";

using Strings = std::vector<std::string>;
using StringMap = std::map<std::string, std::string>;

struct Box {  // console size in characters
  unsigned height = 0;
  unsigned width = 0;
};

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> umask;
  std::vector<std::uint32_t> additional_gids;
};

struct Capabilities {
  Strings bounding, effective, inheritable, permitted, ambient;  // "CAP_CHOWN"
};

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

struct Scheduler {
  std::string policy;  // "SCHED_OTHER" ...
  std::optional<std::int32_t> nice, priority;
  Strings flags;                                           // "SCHED_FLAG_RESET_ON_FORK" ...
  std::optional<std::uint64_t> runtime, deadline, period;  // nanoseconds
};

struct IoPriority {
  std::string class_name;  // "IOPRIO_CLASS_BE" ...; member "class"
  int priority = 0;
};

struct ExecCpuAffinity {
  std::optional<std::string> initial, final;  // cpu lists, "0-3,7"
};

struct Process {
  bool terminal = false;
  std::optional<Box> console_size;
  User user;
  Strings args;
  Strings env;  // "NAME=value"
  std::string cwd;
  std::optional<Capabilities> capabilities;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;
  std::optional<int> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::string selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;
};

struct Root {
  std::string path;  // absolute, or relative to the bundle
  bool readonly = false;
};

struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 0;
};

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  Strings options;
  std::vector<IdMapping> uid_mappings, gid_mappings;
};

struct Hook {
  std::string path;
  Strings args;
  Strings env;
  std::optional<int> timeout;  // seconds
};

struct Hooks {
  std::vector<Hook> prestart, create_runtime, create_container, start_container, poststart,
      poststop;
};

struct Namespace {
  std::string type;  // "pid" "network" "mount" "ipc" "uts" "user" "cgroup" "time"
  std::string path;  // empty: a new one
};

struct TimeOffset {
  std::int64_t secs = 0;
  std::uint32_t nanosecs = 0;
};

struct Device {
  std::string type;  // "c" "b" "u" "p"
  std::string path;
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint32_t> file_mode;
  std::optional<std::uint32_t> uid, gid;
};

struct NetDevice {
  std::string name;  // its name inside; empty: the same
};

struct DeviceRule {
  bool allow = false;
  std::string type;                          // "a" "c" "b"; empty is "a"
  std::optional<std::int64_t> major, minor;  // empty: all
  std::string access;                        // of "rwm"; empty: all
};

struct MemoryResources {  // bytes; -1 is no limit
  std::optional<std::int64_t> limit, reservation, swap, kernel, kernel_tcp;
  std::optional<std::uint64_t> swappiness;
  std::optional<bool> disable_oom_killer, use_hierarchy, check_before_update;
};

struct CpuResources {
  std::optional<std::uint64_t> shares;
  std::optional<std::int64_t> quota;  // microseconds in a period
  std::optional<std::uint64_t> burst;
  std::optional<std::uint64_t> period;  // microseconds
  std::optional<std::int64_t> realtime_runtime;
  std::optional<std::uint64_t> realtime_period;
  std::string cpus, mems;  // lists
  std::optional<std::int64_t> idle;
};

struct WeightDevice {
  std::int64_t major = 0, minor = 0;
  std::optional<std::uint16_t> weight, leaf_weight;
};

struct ThrottleDevice {
  std::int64_t major = 0, minor = 0;
  std::uint64_t rate = 0;  // bytes or operations in a second
};

struct BlockIoResources {
  std::optional<std::uint16_t> weight, leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device, throttle_write_bps_device,
      throttle_read_iops_device, throttle_write_iops_device;
};

struct HugepageLimit {
  std::string page_size;  // "2MB"
  std::uint64_t limit = 0;
};

struct InterfacePriority {
  std::string name;
  std::uint32_t priority = 0;
};

struct NetworkResources {
  std::optional<std::uint32_t> class_id;
  std::vector<InterfacePriority> priorities;
};

struct RdmaLimit {
  std::optional<std::uint32_t> hca_handles, hca_objects;
};

struct Resources {
  std::vector<DeviceRule> devices;
  std::optional<MemoryResources> memory;
  std::optional<CpuResources> cpu;
  std::optional<std::int64_t> pids_limit;  // member pids.limit; <= 0 is no limit
  std::optional<BlockIoResources> block_io;
  std::vector<HugepageLimit> hugepage_limits;
  std::optional<NetworkResources> network;
  std::map<std::string, RdmaLimit> rdma;
  StringMap unified;  // cgroup v2 file name -> content
};

struct SeccompArg {
  std::uint32_t index = 0;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  std::string op;  // "SCMP_CMP_EQ" ...
};

struct SeccompRule {
  Strings names;
  std::string action;  // "SCMP_ACT_ALLOW" ...
  std::optional<std::uint32_t> errno_ret;
  std::vector<SeccompArg> args;
};

struct Seccomp {
  std::string default_action;
  std::optional<std::uint32_t> default_errno_ret;
  Strings architectures;  // "SCMP_ARCH_X86_64" ...
  Strings flags;          // "SECCOMP_FILTER_FLAG_LOG" ...
  std::string listener_path, listener_metadata;
  std::vector<SeccompRule> syscalls;
};

struct IntelRdt {
  std::string clos_id, l3_cache_schema, mem_bw_schema;
  Strings schemata;
  bool enable_cmt = false, enable_mbm = false, enable_monitoring = false;
};

struct Personality {
  std::string domain;  // "LINUX" or "LINUX32"
  Strings flags;
};

struct MemoryPolicy {
  std::string mode, nodes;
  Strings flags;
};

struct Linux {
  std::vector<IdMapping> uid_mappings, gid_mappings;
  StringMap sysctl;
  std::optional<Resources> resources;
  std::string cgroups_path;
  std::vector<Namespace> namespaces;
  std::vector<Device> devices;
  std::map<std::string, NetDevice> net_devices;
  std::optional<Seccomp> seccomp;
  std::string rootfs_propagation;  // "shared" "slave" "private" "unbindable", with r
  Strings masked_paths, readonly_paths;
  std::string mount_label;
  std::optional<IntelRdt> intel_rdt;
  std::optional<Personality> personality;
  std::map<std::string, TimeOffset> time_offsets;  // "monotonic", "boottime"
  std::optional<MemoryPolicy> memory_policy;
};

struct Spec {
  std::string oci_version{kRuntimeSpecVersion};
  std::optional<Root> root;
  std::vector<Mount> mounts;
  std::optional<Process> process;
  std::string hostname, domainname;
  std::optional<Hooks> hooks;
  StringMap annotations;
  std::optional<Linux> linux_;  // member "linux"; a macro has that name
};

}  // namespace isle::oci
