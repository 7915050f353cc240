#pragma once
// What was asked about limits. Bytes, microseconds and counts; block devices by their host path,
// since numbers may change until the container starts.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oci/runtime_spec.h"

namespace isle::record {

struct DeviceValue {
  std::string path;
  std::uint64_t value = 0;
};

struct Resources {
  std::optional<std::int64_t> memory, memory_swap, memory_reservation;  // -1 is no limit
  std::optional<std::uint64_t> memory_swappiness;
  bool oom_kill_disable = false;
  std::optional<std::int64_t> nano_cpus;  // --cpus, in billionths of a CPU
  std::optional<std::uint64_t> cpu_shares;
  std::optional<std::int64_t> cpu_quota;
  std::optional<std::uint64_t> cpu_period;
  std::string cpuset_cpus, cpuset_mems;
  std::optional<std::int64_t> pids;  // <= 0 is no limit
  std::optional<std::uint16_t> blkio_weight;
  std::vector<DeviceValue> blkio_weight_device, read_bps, write_bps, read_iops, write_iops;
  std::string cgroup_parent;
  oci::StringMap unified;  // v2: file of the control group -> content
  std::string rdt_class;   // resctrl's
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<DeviceValue> value) {
  io.required("path", value.path);
  io.required("value", value.value);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Resources> resources) {
  io.optional("memory", resources.memory);
  io.optional("memorySwap", resources.memory_swap);
  io.optional("memoryReservation", resources.memory_reservation);
  io.optional("memorySwappiness", resources.memory_swappiness);
  io.optional("oomKillDisable", resources.oom_kill_disable);
  io.optional("nanoCpus", resources.nano_cpus);
  io.optional("cpuShares", resources.cpu_shares);
  io.optional("cpuQuota", resources.cpu_quota);
  io.optional("cpuPeriod", resources.cpu_period);
  io.optional("cpusetCpus", resources.cpuset_cpus);
  io.optional("cpusetMems", resources.cpuset_mems);
  io.optional("pids", resources.pids);
  io.optional("blkioWeight", resources.blkio_weight);
  io.optional("blkioWeightDevice", resources.blkio_weight_device);
  io.optional("readBps", resources.read_bps);
  io.optional("writeBps", resources.write_bps);
  io.optional("readIops", resources.read_iops);
  io.optional("writeIops", resources.write_iops);
  io.optional("cgroupParent", resources.cgroup_parent);
  io.optional("unified", resources.unified);
  io.optional("rdtClass", resources.rdt_class);
}

}  // namespace isle::record
