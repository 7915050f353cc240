#pragma once
// Why: data sets of ZFS, of which one can be a clone of another, made in no time. OpenZFS' own
// calls (ioctls of /dev/zfs) change with its versions, and its library is no part of Debian's main
// archive: what makes and removes data sets is the program zfs(8). Mounting is the kernel's usual
// way: a data set is the source of a mount of type "zfs".

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::kernel {

// statfs(2); false also for what is not there.
bool is_on_zfs(const HostPath& path);
// "tank/data": what is mounted where `path` is. NotFound: no data set that this process sees.
Result<std::string> dataset_of(const HostPath& path);
// Mounted nowhere: it is there as long as the descriptor is. Needs CAP_SYS_ADMIN.
Result<UniqueFd> mount_dataset(const std::string& name);

// Where zfs(8) is installed; Unsupported: nowhere.
Result<HostPath> zfs_program();
// What `zfs WORDS...` printed. NotFound: a data set it names does not exist; Conflict: it exists,
// or others are made of it; Unavailable: it is busy. The message has the program's own words.
Result<std::string> run_zfs(const std::vector<std::string>& words);
// Removes a data set with its snapshots, absence is fine. The kernel lets go of what was mounted a
// moment after its last user has ended, so one that is busy is tried again for ten seconds.
Result<void> destroy_dataset(const std::string& name);

// The kind of what zfs(8) complains of in the C locale.
ErrorKind zfs_error_kind(std::string_view complaint);

}  // namespace isle::kernel
