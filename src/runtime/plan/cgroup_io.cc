// Weights of block devices need a scheduler that has them: bfq's files come first; where the
// kernel has none, v1's old blkio.weight or v2's io.weight (iocost) with its own scale. Throttles
// are exact on both. A rate of 0 removes a throttle.

#include "base/strings.h"
#include "runtime/plan/cgroup_parts.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;

std::uint64_t io_weight_of_blkio(std::uint64_t weight) {
  if (weight <= 10) return 1;
  return 1 + (weight - 10) * 9999 / 990;
}

namespace {

constexpr auto kIo = Controller::Io;

Result<void> check_weight(const std::string& where, std::uint16_t weight) {
  if (weight >= 10 && weight <= 1000) return {};
  return meaningless(where, format("({}) is not from 10 to 1000", weight));
}

Result<void> refuse_leaf(const std::string& where, const std::optional<std::uint16_t>& weight) {
  if (weight.value_or(0) == 0) return {};
  return not_here(where, "cannot be had: kernels since 5.0 have no leaf weight", "use weight");
}

Result<void> add_weight(CgroupBuilder& builder, std::uint16_t weight) {
  TRY(check_weight("blockIO.weight", weight));
  const bool v2 = TRY(builder.need(kIo, "blockIO.weight"));
  CgroupWrite& write = builder.add(kIo,
                                   v2 ? "io.bfq.weight" : "blkio.bfq.weight",
                                   std::to_string(weight),
                                   format("a weight of {} in disk time (10 to 1000)", weight));
  write.else_file = v2 ? "io.weight" : "blkio.weight";
  write.else_value = std::to_string(v2 ? io_weight_of_blkio(weight) : weight);
  return {};
}

Result<void> add_device_weight(CgroupBuilder& builder,
                               const oci::WeightDevice& device,
                               const std::string& where) {
  TRY(refuse_leaf(where + ".leafWeight", device.leaf_weight));
  if (device.weight.value_or(0) == 0) return {};
  TRY(check_weight(where + ".weight", *device.weight));
  const bool v2 = TRY(builder.need(kIo, where));
  const std::string name = format("{}:{}", device.major, device.minor);
  const std::string value = format("{} {}", name, *device.weight);
  CgroupWrite& write =
      builder.add(kIo,
                  v2 ? "io.bfq.weight" : "blkio.bfq.weight_device",
                  value,
                  format("a weight of {} in the time of disk {}", *device.weight, name));
  write.else_file = v2 ? "io.weight" : "blkio.weight_device";
  write.else_value = v2 ? format("{} {}", name, io_weight_of_blkio(*device.weight)) : value;
  return {};
}

struct Throttle {
  const std::vector<oci::ThrottleDevice>* devices;
  const char* where;
  const char* v1_file;
  const char* v2_key;
  const char* what;
};

Result<void> add_throttle(CgroupBuilder& builder, const Throttle& kind) {
  for (std::size_t i = 0; i < kind.devices->size(); ++i) {
    const oci::ThrottleDevice& device = (*kind.devices)[i];
    const bool v2 = TRY(builder.need(kIo, format("blockIO.{}[{}]", kind.where, i)));
    const std::string name = format("{}:{}", device.major, device.minor);
    const std::string rate = v2 && device.rate == 0 ? "max" : std::to_string(device.rate);
    builder.add(kIo,
                v2 ? "io.max" : kind.v1_file,
                v2 ? format("{} {}={}", name, kind.v2_key, rate) : format("{} {}", name, rate),
                device.rate == 0
                    ? format("any number of {} disk {}", kind.what, name)
                    : format("no more than {} {} disk {}", device.rate, kind.what, name));
  }
  return {};
}

}  // namespace

Result<void> plan_block_io(CgroupBuilder& builder, const oci::BlockIoResources& io) {
  TRY(refuse_leaf("blockIO.leafWeight", io.leaf_weight));
  if (io.weight.value_or(0) != 0) TRY(add_weight(builder, *io.weight));
  for (std::size_t i = 0; i < io.weight_device.size(); ++i) {
    TRY(add_device_weight(builder, io.weight_device[i], format("blockIO.weightDevice[{}]", i)));
  }
  const Throttle kinds[] = {
      {&io.throttle_read_bps_device,
       "throttleReadBpsDevice",
       "blkio.throttle.read_bps_device",
       "rbps",
       "bytes a second read from"},
      {&io.throttle_write_bps_device,
       "throttleWriteBpsDevice",
       "blkio.throttle.write_bps_device",
       "wbps",
       "bytes a second written to"},
      {&io.throttle_read_iops_device,
       "throttleReadIOPSDevice",
       "blkio.throttle.read_iops_device",
       "riops",
       "reads a second from"},
      {&io.throttle_write_iops_device,
       "throttleWriteIOPSDevice",
       "blkio.throttle.write_iops_device",
       "wiops",
       "writes a second to"},
  };
  for (const Throttle& kind : kinds) TRY(add_throttle(builder, kind));
  return {};
}

}  // namespace isle::runtime::plan
