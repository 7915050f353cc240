#pragma once
// What the options about single disks share.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "options/spec_builder.h"

namespace isle::options {

struct BlockDeviceWords {
  std::string path;
  std::string_view value;
};
// "/dev/sda:VALUE".
Result<BlockDeviceWords> split_block_device(std::string_view text, std::string_view flag);

struct DeviceNumber {
  std::int64_t major_ = 0, minor_ = 0;  // sysmacros.h has macros of the plain names
};
// Of a block device of the host; needs the io controller as well.
Result<DeviceNumber> find_block_device(const SpecBuilder& builder,
                                       const std::string& path,
                                       std::string_view flag);

}  // namespace isle::options
