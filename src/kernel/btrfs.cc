#include "kernel/btrfs.h"

#include <cerrno>

#include <linux/btrfs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>

#include "base/strings.h"

namespace isle::kernel {

bool is_on_btrfs(const HostPath& path) {
  struct statfs info{};
  return statfs(path.c_str(), &info) == 0 && info.f_type == BTRFS_SUPER_MAGIC;
}

Result<void> make_subvolume(int directory, const std::string& name) {
  btrfs_ioctl_vol_args request{};
  name.copy(request.name, sizeof request.name - 1);
  if (ioctl(directory, BTRFS_IOC_SUBVOL_CREATE, &request) == 0) return {};
  return fail_call(errno, format("ioctl(BTRFS_IOC_SUBVOL_CREATE, {})", name));
}

Result<void> snapshot_subvolume(int source, int directory, const std::string& name) {
  btrfs_ioctl_vol_args_v2 request{};
  request.fd = source;
  name.copy(request.name, sizeof request.name - 1);
  if (ioctl(directory, BTRFS_IOC_SNAP_CREATE_V2, &request) == 0) return {};
  return fail_call(errno, format("ioctl(BTRFS_IOC_SNAP_CREATE_V2, {})", name));
}

bool delete_subvolume(int directory, const std::string& name) {
  btrfs_ioctl_vol_args request{};
  name.copy(request.name, sizeof request.name - 1);
  return ioctl(directory, BTRFS_IOC_SNAP_DESTROY, &request) == 0;
}

Result<void> limit_subvolume(int subvolume, std::int64_t bytes) {
  btrfs_ioctl_quota_ctl_args control{};
  control.cmd = BTRFS_QUOTA_CTL_ENABLE;
  if (ioctl(subvolume, BTRFS_IOC_QUOTA_CTL, &control) != 0 && errno != EEXIST) {
    return fail_call(errno, "ioctl(BTRFS_IOC_QUOTA_CTL, ENABLE)");
  }
  // Turned on just now, it counts what there is; until then limits do not hold.
  if (ioctl(subvolume, BTRFS_IOC_QUOTA_RESCAN_WAIT) != 0) {
    return fail_call(errno, "ioctl(BTRFS_IOC_QUOTA_RESCAN_WAIT)");
  }
  btrfs_ioctl_qgroup_limit_args request{};  // qgroupid 0: that of the descriptor's subvolume
  request.lim.flags = BTRFS_QGROUP_LIMIT_MAX_EXCL;
  request.lim.max_excl = static_cast<std::uint64_t>(bytes);
  if (ioctl(subvolume, BTRFS_IOC_QGROUP_LIMIT, &request) == 0) return {};
  return fail_call(errno, format("ioctl(BTRFS_IOC_QGROUP_LIMIT, {})", bytes));
}

}  // namespace isle::kernel
