// What the saved specification says after an update: a member that the change leaves out keeps its
// value, lists are matched entry by entry.

#include <algorithm>

#include "runtime/state/update.h"

namespace isle::runtime {

namespace {

template <typename T>
void take(std::optional<T>& now, const std::optional<T>& change) {
  if (change) now = change;
}

// Zero is "not set" for these: see runtime/plan/cgroup_memory.cc and cgroup_cpu.cc.
template <typename T>
void take_set(std::optional<T>& now, const std::optional<T>& change) {
  if (change && *change != 0) now = change;
}

void take_text(std::string& now, const std::string& change) {
  if (!change.empty()) now = change;
}

// An entry of the same name is replaced, another one is added.
template <typename T, typename Same>
void take_list(std::vector<T>& now, const std::vector<T>& change, const Same& same) {
  for (const T& entry : change) {
    const auto found = std::ranges::find_if(now, [&](const T& old) { return same(old, entry); });
    if (found == now.end()) {
      now.push_back(entry);
    } else {
      *found = entry;
    }
  }
}

bool same_disk(const auto& one, const auto& other) {
  return one.major == other.major && one.minor == other.minor;
}

void merge(oci::MemoryResources& now, const oci::MemoryResources& change) {
  take_set(now.limit, change.limit);
  take_set(now.reservation, change.reservation);
  take_set(now.swap, change.swap);
  take_set(now.kernel, change.kernel);
  take_set(now.kernel_tcp, change.kernel_tcp);
  take(now.swappiness, change.swappiness);
  take(now.disable_oom_killer, change.disable_oom_killer);
  take(now.use_hierarchy, change.use_hierarchy);
  take(now.check_before_update, change.check_before_update);
}

void merge(oci::CpuResources& now, const oci::CpuResources& change) {
  take_set(now.shares, change.shares);
  take_set(now.quota, change.quota);
  take(now.burst, change.burst);
  take_set(now.period, change.period);
  take_set(now.realtime_runtime, change.realtime_runtime);
  take_set(now.realtime_period, change.realtime_period);
  take_text(now.cpus, change.cpus);
  take_text(now.mems, change.mems);
  take(now.idle, change.idle);
}

void merge(oci::BlockIoResources& now, const oci::BlockIoResources& change) {
  const auto same = [](const auto& one, const auto& other) { return same_disk(one, other); };
  take_set(now.weight, change.weight);
  take_set(now.leaf_weight, change.leaf_weight);
  take_list(now.weight_device, change.weight_device, same);
  take_list(now.throttle_read_bps_device, change.throttle_read_bps_device, same);
  take_list(now.throttle_write_bps_device, change.throttle_write_bps_device, same);
  take_list(now.throttle_read_iops_device, change.throttle_read_iops_device, same);
  take_list(now.throttle_write_iops_device, change.throttle_write_iops_device, same);
}

void merge(oci::NetworkResources& now, const oci::NetworkResources& change) {
  take(now.class_id, change.class_id);
  take_list(now.priorities, change.priorities, [](const auto& one, const auto& other) {
    return one.name == other.name;
  });
}

template <typename T>
void merge_part(std::optional<T>& now, const std::optional<T>& change) {
  if (!change) return;
  if (!now) now.emplace();
  merge(*now, *change);
}

}  // namespace

void merge_resources(oci::Resources& now, const oci::Resources& change) {
  merge_part(now.memory, change.memory);
  merge_part(now.cpu, change.cpu);
  take(now.pids_limit, change.pids_limit);
  merge_part(now.block_io, change.block_io);
  take_list(now.hugepage_limits, change.hugepage_limits, [](const auto& one, const auto& other) {
    return one.page_size == other.page_size;
  });
  merge_part(now.network, change.network);
  for (const auto& [name, limit] : change.rdma) now.rdma[name] = limit;
  for (const auto& [file, value] : change.unified) now.unified[file] = value;
}

}  // namespace isle::runtime
