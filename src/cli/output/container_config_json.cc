// What was asked of a container, as docker's Config and HostConfig have it.
#include <span>

#include "base/strings.h"
#include "cli/output/container_json.h"

namespace isle::cli {
namespace {

json::Value strings_or_null(const oci::Strings& strings) {
  return strings.empty() ? json::Value() : json::Value(strings);
}

// {"80/tcp": {}}
json::Value set_of(const oci::Strings& names) {
  if (names.empty()) return {};
  json::Value value(json::Object{});
  for (const std::string& name : names) value[name] = json::Value(json::Object{});
  return value;
}

json::Value health_check_json(const record::HealthCheck& check) {
  if (check.test.empty()) return {};
  json::Value value;
  value["Test"] = check.test;
  value["Interval"] = check.interval;
  value["Timeout"] = check.timeout;
  value["StartPeriod"] = check.start_period;
  value["StartInterval"] = check.start_interval;
  value["Retries"] = check.retries;
  return value;
}

json::Value startup_check_json(const record::StartupCheck& check) {
  json::Value value;
  value["Test"] = check.test;
  value["Interval"] = check.interval;
  value["Timeout"] = check.timeout;
  value["Retries"] = check.retries;
  value["Successes"] = check.success;
  return value;
}

// The image's where nothing was said, as it is when the container starts.
void add_words(const engine::ContainerDetail& detail, json::Value& value) {
  const record::Process& asked = detail.listed.container.process;
  oci::Strings entrypoint = asked.entrypoint.value_or(oci::Strings{});
  oci::Strings command = asked.command;
  if (detail.image && !asked.entrypoint) {
    entrypoint = detail.image->config.entrypoint;
    if (command.empty()) command = detail.image->config.cmd;
  }
  value["Cmd"] = strings_or_null(command);
  value["Entrypoint"] = strings_or_null(entrypoint);
}

template <typename Number>
json::Value or_zero(const std::optional<Number>& number) {
  return number ? static_cast<std::int64_t>(*number) : std::int64_t{0};
}

json::Value rates_json(std::span<const record::DeviceValue> rates, const char* member) {
  json::Value list(json::Array{});
  for (const record::DeviceValue& rate : rates) {
    json::Value entry;
    entry["Path"] = rate.path;
    entry[member] = rate.value;
    list.push_back(std::move(entry));
  }
  return list;
}

void add_limits(const record::Resources& asked, json::Value& value) {
  value["Memory"] = or_zero(asked.memory);
  value["MemorySwap"] = or_zero(asked.memory_swap);
  value["MemoryReservation"] = or_zero(asked.memory_reservation);
  value["MemorySwappiness"] =
      asked.memory_swappiness ? json::Value(*asked.memory_swappiness) : json::Value();
  value["OomKillDisable"] = asked.oom_kill_disable;
  value["NanoCpus"] = or_zero(asked.nano_cpus);
  value["CpuShares"] = or_zero(asked.cpu_shares);
  value["CpuPeriod"] = or_zero(asked.cpu_period);
  value["CpuQuota"] = or_zero(asked.cpu_quota);
  value["CpusetCpus"] = asked.cpuset_cpus;
  value["CpusetMems"] = asked.cpuset_mems;
  value["BlkioWeight"] = or_zero(asked.blkio_weight);
  value["BlkioWeightDevice"] = rates_json(asked.blkio_weight_device, "Weight");
  value["BlkioDeviceReadBps"] = rates_json(asked.read_bps, "Rate");
  value["BlkioDeviceWriteBps"] = rates_json(asked.write_bps, "Rate");
  value["BlkioDeviceReadIOps"] = rates_json(asked.read_iops, "Rate");
  value["BlkioDeviceWriteIOps"] = rates_json(asked.write_iops, "Rate");
  value["CgroupParent"] = asked.cgroup_parent;
}

void add_namespaces(const record::Container& container, json::Value& value) {
  const record::Namespaces& asked = container.namespaces;
  const auto& networks = container.networking.networks;
  std::string network = asked.network.empty() ? "none" : asked.network;
  if (!networks.empty()) network = networks.front().network;
  value["NetworkMode"] = network;
  value["PidMode"] = asked.pid;
  value["IpcMode"] = asked.ipc.empty() ? "private" : asked.ipc;
  value["UTSMode"] = asked.uts;
  value["UsernsMode"] = asked.user;
  value["CgroupnsMode"] = asked.cgroup.empty() ? "private" : asked.cgroup;
}

// "SOURCE:TARGET:OPTIONS" of what -v can say.
oci::Strings binds_of(const record::Storage& storage) {
  oci::Strings binds;
  for (const record::MountRequest& mount : storage.mounts) {
    if (mount.type == "tmpfs") continue;
    binds.push_back(format("{}:{}:{}", mount.source, mount.target, join(mount.options, ",")));
  }
  return binds;
}

json::Value tmpfs_json(const record::Storage& storage) {
  json::Value value(json::Object{});
  for (const record::MountRequest& mount : storage.mounts) {
    if (mount.type == "tmpfs") value[mount.target] = join(mount.options, ",");
  }
  return value;
}

json::Value devices_json(const record::Storage& storage) {
  json::Value list(json::Array{});
  for (const record::DeviceRequest& device : storage.devices) {
    json::Value entry;
    entry["PathOnHost"] = device.host;
    entry["PathInContainer"] = device.container;
    entry["CgroupPermissions"] = device.access;
    list.push_back(std::move(entry));
  }
  return list;
}

json::Value ulimits_json(const record::Process& process) {
  json::Value list(json::Array{});
  for (const oci::Rlimit& limit : process.rlimits) {
    json::Value entry;
    entry["Name"] = limit.type;
    entry["Soft"] = limit.soft;
    entry["Hard"] = limit.hard;
    list.push_back(std::move(entry));
  }
  return list;
}

oci::Strings security_words(const record::Security& asked) {
  oci::Strings words;
  if (asked.no_new_privileges) words.emplace_back("no-new-privileges");
  if (!asked.seccomp.empty()) words.push_back("seccomp=" + asked.seccomp);
  if (!asked.apparmor.empty()) words.push_back("apparmor=" + asked.apparmor);
  for (const std::string& label : asked.labels) words.push_back(format("label={}", label));
  for (const std::string& path : asked.mask) words.push_back(format("mask={}", path));
  for (const std::string& path : asked.unmask) words.push_back(format("unmask={}", path));
  return words;
}

void add_security(const engine::ContainerDetail& detail, json::Value& value) {
  const record::Security& asked = detail.listed.container.security;
  value["CapAdd"] = strings_or_null(asked.cap_add);
  value["CapDrop"] = strings_or_null(asked.cap_drop);
  value["Privileged"] = asked.privileged;
  value["SecurityOpt"] = strings_or_null(security_words(asked));
  value["Sysctls"] = json::Value(asked.sysctl);
  const bool has_linux = detail.spec && detail.spec->linux_;
  value["MaskedPaths"] = has_linux ? detail.spec->linux_->masked_paths : oci::Strings{};
  value["ReadonlyPaths"] = has_linux ? detail.spec->linux_->readonly_paths : oci::Strings{};
}

void add_life(const record::Container& container, json::Value& value) {
  const record::Life& life = container.life;
  value["AutoRemove"] = container.remove;
  value["LogConfig"]["Type"] = life.log.driver.empty() ? "json-file" : life.log.driver;
  value["LogConfig"]["Config"] = json::Value(life.log.options);
  value["RestartPolicy"]["Name"] = life.restart.name.empty() ? "no" : life.restart.name;
  value["RestartPolicy"]["MaximumRetryCount"] = life.restart.most;
  value["Init"] = container.process.init;
  value["OomScoreAdj"] = container.process.oom_score_adj.value_or(0);
  value["Runtime"] = "isle";
}

}  // namespace

json::Value config_json(const engine::ContainerDetail& detail) {
  const record::Container& container = detail.listed.container;
  const record::Process& process = container.process;
  const bool has_process = detail.spec && detail.spec->process;
  json::Value value;
  value["Hostname"] = detail.spec ? detail.spec->hostname : container.namespaces.hostname;
  value["Domainname"] = container.namespaces.domainname;
  value["User"] = process.user.empty() && detail.image ? detail.image->config.user : process.user;
  value["AttachStdin"] = process.interactive;
  value["AttachStdout"] = true;
  value["AttachStderr"] = true;
  value["ExposedPorts"] = set_of(container.networking.exposed);
  value["Tty"] = process.terminal;
  value["OpenStdin"] = process.interactive;
  value["StdinOnce"] = process.interactive;
  value["Env"] = has_process ? detail.spec->process->env : process.env;
  add_words(detail, value);
  value["Healthcheck"] = health_check_json(container.life.health);
  if (container.life.health.startup.wanted()) {
    value["StartupHealthCheck"] = startup_check_json(container.life.health.startup);
  }
  value["Image"] = container.storage.root.image;
  json::Value& volumes = value["Volumes"];
  for (const record::MountRequest& mount : container.storage.mounts) {
    if (mount.anonymous) volumes[mount.target] = json::Value(json::Object{});
  }
  value["WorkingDir"] = has_process ? detail.spec->process->cwd : process.workdir;
  value["OnBuild"] = json::Value();
  value["Labels"] = json::Value(container.labels);
  value["Annotations"] = json::Value(container.annotations);
  value["StopSignal"] = process.stop_signal.empty() ? "SIGTERM" : process.stop_signal;
  value["StopTimeout"] = container.life.stop_timeout.value_or(10);
  value["Timeout"] = process.timeout;
  return value;
}

json::Value host_config_json(const engine::ContainerDetail& detail) {
  const record::Container& container = detail.listed.container;
  const record::Networking& networking = container.networking;
  const record::Storage& storage = container.storage;
  json::Value value;
  value["Binds"] = strings_or_null(binds_of(storage));
  add_life(container, value);
  add_namespaces(container, value);
  value["PortBindings"] = bindings_json(detail);
  value["PublishAllPorts"] = networking.publish_all;
  value["VolumesFrom"] = strings_or_null(storage.volumes_from);
  value["Dns"] = networking.dns;
  value["DnsOptions"] = networking.dns_options;
  value["DnsSearch"] = networking.dns_search;
  value["ExtraHosts"] = strings_or_null(networking.hosts);
  value["GroupAdd"] = strings_or_null(container.process.groups);
  value["ReadonlyRootfs"] = storage.read_only;
  value["Tmpfs"] = tmpfs_json(storage);
  constexpr std::int64_t kShmSize = std::int64_t{64} << 20;
  value["ShmSize"] = storage.shm_size.value_or(kShmSize);
  value["Devices"] = devices_json(storage);
  value["Ulimits"] = ulimits_json(container.process);
  add_security(detail, value);
  add_limits(container.resources, value);
  constexpr std::int64_t kPids = 2048;
  value["PidsLimit"] = container.resources.pids.value_or(kPids);
  return value;
}

}  // namespace isle::cli
