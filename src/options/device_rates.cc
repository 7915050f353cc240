// --device-read-bps and its kin: the most bytes or operations in a second on one disk. v1 counts
// direct I/O only.
#include "base/strings.h"
#include "options/block_device.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

using Values = std::vector<record::DeviceValue>;
using Targets = std::vector<oci::ThrottleDevice>;

Result<void> parse_rate(Values& values, std::string_view text, std::string_view flag, bool bytes) {
  const BlockDeviceWords words = TRY(split_block_device(text, flag));
  const std::int64_t rate = bytes ? TRY(parse_size(words.value, flag))
                                  : TRY(parse_between(words.value, flag, 0, 0xffffffff));
  if (rate == 0) {
    return fail(ErrorKind::InvalidArgument, format("--{}: the rate is 0", flag));
  }
  values.push_back({.path = words.path, .value = static_cast<std::uint64_t>(rate)});
  return {};
}

Result<void> apply_rates(SpecBuilder& builder,
                         const Values& values,
                         Targets oci::BlockIoResources::* targets,
                         std::string_view flag) {
  for (const record::DeviceValue& device : values) {
    const DeviceNumber number = TRY(find_block_device(builder, device.path, flag));
    (builder.block_io().*targets)
        .push_back({.major = number.major_, .minor = number.minor_, .rate = device.value});
  }
  return {};
}

}  // namespace

const Option kDeviceReadBps{
    .flag = {"device-read-bps",
             0,
             Arity::Value,
             "PATH:BYTES",
             "The most bytes it may read from a disk in a second",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return parse_rate(request.container.resources.read_bps, value, "device-read-bps", true);
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      return apply_rates(builder,
                         container.resources.read_bps,
                         &oci::BlockIoResources::throttle_read_bps_device,
                         "device-read-bps");
    },
};

const Option kDeviceWriteBps{
    .flag = {"device-write-bps",
             0,
             Arity::Value,
             "PATH:BYTES",
             "The most bytes it may write to a disk in a second",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return parse_rate(request.container.resources.write_bps, value, "device-write-bps", true);
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      return apply_rates(builder,
                         container.resources.write_bps,
                         &oci::BlockIoResources::throttle_write_bps_device,
                         "device-write-bps");
    },
};

const Option kDeviceReadIops{
    .flag = {"device-read-iops",
             0,
             Arity::Value,
             "PATH:NUMBER",
             "The most reads from a disk in a second",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return parse_rate(request.container.resources.read_iops, value, "device-read-iops", false);
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      return apply_rates(builder,
                         container.resources.read_iops,
                         &oci::BlockIoResources::throttle_read_iops_device,
                         "device-read-iops");
    },
};

const Option kDeviceWriteIops{
    .flag = {"device-write-iops",
             0,
             Arity::Value,
             "PATH:NUMBER",
             "The most writes to a disk in a second",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return parse_rate(request.container.resources.write_iops, value, "device-write-iops", false);
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      return apply_rates(builder,
                         container.resources.write_iops,
                         &oci::BlockIoResources::throttle_write_iops_device,
                         "device-write-iops");
    },
};

}  // namespace isle::options
