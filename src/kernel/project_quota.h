#pragma once
// Why: a limit for what lies in a directory and below it, on ext4 and xfs. The directory and all
// that is made in it belong to a project, a number (FS_IOC_FSSETXATTR, ioctl_xfs_fsgetxattr(2)),
// and the file system limits projects (quotactl(2)). By descriptor, as quotactl_fd(2) of Linux 5.14
// takes it.

#include <cstdint>

#include "base/error.h"

namespace isle::kernel {

// Whether the file system of `fd` holds projects to their limits; the error says why not
// (Unsupported), and what to do.
Result<void> check_project_quota(int fd);

// A project that has no limit and no file, of the upper half of the numbers: people use low ones.
Result<std::uint32_t> unused_project(int fd);

// The directory's, if what is made in it inherits it; else 0, which is everybody's.
std::uint32_t project_of(int directory);
// What is in the directory already stays as it is. The file system's inode of `directory` has to be
// the caller's own.
Result<void> set_project(int directory, std::uint32_t project);

// `bytes` of the project's files, EDQUOT from then on; 0 is no limit. Needs CAP_SYS_ADMIN.
Result<void> limit_project(int fd, std::uint32_t project, std::int64_t bytes);

}  // namespace isle::kernel
