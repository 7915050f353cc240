// --blkio-weight and --blkio-weight-device: its share when a disk is busy, blkio-controller,
// cgroup-v2 "io.weight".
#include "options/block_device.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<std::uint16_t> parse_weight(std::string_view value, std::string_view flag) {
  return static_cast<std::uint16_t>(TRY(parse_between(value, flag, 10, 1000)));
}

Result<void> apply_devices(SpecBuilder& builder, const record::Container& container) {
  for (const record::DeviceValue& device : container.resources.blkio_weight_device) {
    const DeviceNumber number = TRY(find_block_device(builder, device.path, "blkio-weight-device"));
    builder.block_io().weight_device.push_back({.major = number.major_,
                                                .minor = number.minor_,
                                                .weight = static_cast<std::uint16_t>(device.value),
                                                .leaf_weight = {}});
  }
  return {};
}

}  // namespace

const Option kBlkioWeight{
    .flag = {"blkio-weight",
             0,
             Arity::Value,
             "NUMBER",
             "Weight of its disk operations against others, 10 to 1000",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value == "0") return {};
      request.container.resources.blkio_weight = TRY(parse_weight(value, "blkio-weight"));
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      if (!container.resources.blkio_weight) return {};
      TRY(builder.need_controller(kernel::cgroup::Controller::Io, "--blkio-weight"));
      builder.block_io().weight = container.resources.blkio_weight;
      return {};
    },
};

const Option kBlkioWeightDevice{
    .flag = {"blkio-weight-device",
             0,
             Arity::Value,
             "PATH:NUMBER",
             "The same on one disk only",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const BlockDeviceWords words = TRY(split_block_device(value, "blkio-weight-device"));
      const auto weight = TRY(parse_weight(words.value, "blkio-weight-device"));
      request.container.resources.blkio_weight_device.push_back(
          {.path = words.path, .value = weight});
      return {};
    },
    .apply = apply_devices,
};

}  // namespace isle::options
