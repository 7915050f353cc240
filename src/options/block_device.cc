#include "options/block_device.h"

#include <sys/sysmacros.h>

#include "base/strings.h"

namespace isle::options {

Result<BlockDeviceWords> split_block_device(std::string_view text, std::string_view flag) {
  const Cut parts = cut(text, ':');
  if (parts.found && parts.before.starts_with('/')) {
    return BlockDeviceWords{.path = std::string(parts.before), .value = parts.after};
  }
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is not /dev/NAME:VALUE", flag, quoted(text)));
}

Result<DeviceNumber> find_block_device(const SpecBuilder& builder,
                                       const std::string& path,
                                       std::string_view flag) {
  TRY(builder.need_controller(kernel::cgroup::Controller::Io, format("--{}", flag)));
  const struct stat status = TRY_STEP(builder.world.look(path), format("--{}", flag));
  if (S_ISBLK(status.st_mode)) {
    return DeviceNumber{.major_ = major(status.st_rdev), .minor_ = minor(status.st_rdev)};
  }
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is not a block device", flag, quoted(path)));
}

}  // namespace isle::options
