#pragma once
// The members of "linux.resources" of config.json.

#include "oci/json_writer.h"
#include "oci/runtime_spec.h"
#include "oci/spec_names.h"

namespace isle::oci {

template <typename Io>
void fields(Io& io, typename Io::template Ref<DeviceRule> rule) {
  io.required("allow", rule.allow);
  io.optional("type", rule.type, names::kDeviceRuleTypes);
  io.optional("major", rule.major);
  io.optional("minor", rule.minor);
  io.optional("access", rule.access);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<MemoryResources> memory) {
  io.optional("limit", memory.limit);
  io.optional("reservation", memory.reservation);
  io.optional("swap", memory.swap);
  io.optional("kernel", memory.kernel);
  io.optional("kernelTCP", memory.kernel_tcp);
  io.optional("swappiness", memory.swappiness);
  io.optional("disableOOMKiller", memory.disable_oom_killer);
  io.optional("useHierarchy", memory.use_hierarchy);
  io.optional("checkBeforeUpdate", memory.check_before_update);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<CpuResources> cpu) {
  io.optional("shares", cpu.shares);
  io.optional("quota", cpu.quota);
  io.optional("burst", cpu.burst);
  io.optional("period", cpu.period);
  io.optional("realtimeRuntime", cpu.realtime_runtime);
  io.optional("realtimePeriod", cpu.realtime_period);
  io.optional("cpus", cpu.cpus);
  io.optional("mems", cpu.mems);
  io.optional("idle", cpu.idle);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<WeightDevice> device) {
  io.required("major", device.major);
  io.required("minor", device.minor);
  io.optional("weight", device.weight);
  io.optional("leafWeight", device.leaf_weight);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<ThrottleDevice> device) {
  io.required("major", device.major);
  io.required("minor", device.minor);
  io.required("rate", device.rate);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<BlockIoResources> block) {
  io.optional("weight", block.weight);
  io.optional("leafWeight", block.leaf_weight);
  io.optional("weightDevice", block.weight_device);
  io.optional("throttleReadBpsDevice", block.throttle_read_bps_device);
  io.optional("throttleWriteBpsDevice", block.throttle_write_bps_device);
  io.optional("throttleReadIOPSDevice", block.throttle_read_iops_device);
  io.optional("throttleWriteIOPSDevice", block.throttle_write_iops_device);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<HugepageLimit> limit) {
  io.required("pageSize", limit.page_size);
  io.required("limit", limit.limit);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<InterfacePriority> priority) {
  io.required("name", priority.name);
  io.required("priority", priority.priority);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<NetworkResources> network) {
  io.optional("classID", network.class_id);
  io.optional("priorities", network.priorities);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<RdmaLimit> limit) {
  io.optional("hcaHandles", limit.hca_handles);
  io.optional("hcaObjects", limit.hca_objects);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Resources> resources) {
  io.optional("devices", resources.devices);
  io.optional("memory", resources.memory);
  io.optional("cpu", resources.cpu);
  io.nested("pids", [&](auto& pids) { pids.optional("limit", resources.pids_limit); });
  io.optional("blockIO", resources.block_io);
  io.optional("hugepageLimits", resources.hugepage_limits);
  io.optional("network", resources.network);
  io.optional("rdma", resources.rdma);
  io.optional("unified", resources.unified);
}

}  // namespace isle::oci
