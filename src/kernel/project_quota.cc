#include "kernel/project_quota.h"

#include <cerrno>

#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::kernel {
namespace {

constexpr std::uint32_t kOurs = std::uint32_t{1} << 30;  // and the numbers up to twice that
constexpr std::int64_t kBlock = 1024;                    // QIF_DQBLKSIZE, the unit of limits

long quota_call(int fd, unsigned command, std::uint32_t id, void* argument) {
  return syscall(SYS_quotactl_fd, fd, QCMD(command, PRJQUOTA), id, argument);
}

}  // namespace

Result<void> check_project_quota(int fd) {
  fs_quota_stat state{};
  // Every file system with quotas answers XFS' question.
  if (quota_call(fd, Q_XGETQSTAT, 0, &state) == 0 && (state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0) {
    return {};
  }
  return fail(ErrorKind::Unsupported,
              "its file system does not hold projects to limits",
              "xfs does, mounted with prjquota; so does ext4, after tune2fs -O quota,project -Q "
              "prjquota");
}

Result<std::uint32_t> unused_project(int fd) {
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    std::uint32_t id = 0;
    if (getrandom(&id, sizeof id, 0) != sizeof id) return fail_call(errno, "getrandom()");
    id = kOurs | (id & (kOurs - 1));
    if_dqblk found{};
    if (quota_call(fd, Q_GETQUOTA, id, &found) != 0) {
      if (errno == ENOENT) return id;  // xfs: nothing is known of it
      return fail_call(errno, format("quotactl_fd(Q_GETQUOTA, project {})", id));
    }
    if (found.dqb_curspace == 0 && found.dqb_curinodes == 0 && found.dqb_bhardlimit == 0) return id;
  }
  return fail(ErrorKind::Unavailable, "no project is free");
}

std::uint32_t project_of(int directory) {
  fsxattr attributes{};
  if (ioctl(directory, FS_IOC_FSGETXATTR, &attributes) != 0) return 0;
  return (attributes.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0 ? attributes.fsx_projid : 0;
}

Result<void> set_project(int directory, std::uint32_t project) {
  fsxattr attributes{};
  if (ioctl(directory, FS_IOC_FSGETXATTR, &attributes) != 0) {
    return fail_call(errno, "ioctl(FS_IOC_FSGETXATTR)");
  }
  attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
  attributes.fsx_projid = project;
  if (ioctl(directory, FS_IOC_FSSETXATTR, &attributes) == 0) return {};
  return fail_call(errno, format("ioctl(FS_IOC_FSSETXATTR, project {})", project));
}

Result<void> limit_project(int fd, std::uint32_t project, std::int64_t bytes) {
  if_dqblk limit{};
  limit.dqb_bhardlimit = static_cast<std::uint64_t>((bytes + kBlock - 1) / kBlock);
  limit.dqb_valid = QIF_BLIMITS;
  if (quota_call(fd, Q_SETQUOTA, project, &limit) == 0) return {};
  return fail_call(errno, format("quotactl_fd(Q_SETQUOTA, project {}, {} bytes)", project, bytes));
}

}  // namespace isle::kernel
