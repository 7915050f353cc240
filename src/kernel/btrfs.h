#pragma once
// Why: subvolumes of btrfs, the one kind of directory that is copied whole in no time. ioctls of
// linux/btrfs.h, all on a descriptor of the directory that holds the subvolume; its owner may make
// and snapshot them, not only root.

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/types.h"

namespace isle::kernel {

// statfs(2); false also for what is not there.
bool is_on_btrfs(const HostPath& path);
// An empty subvolume `name` in `directory`.
Result<void> make_subvolume(int directory, const std::string& name);
// `name` in `directory` becomes a writable snapshot of the subvolume `source`.
Result<void> snapshot_subvolume(int source, int directory, const std::string& name);
// False: it is none, holds another, or is not ours to remove so; remove_tree removes it too.
bool delete_subvolume(int directory, const std::string& name);
// What the subvolume has for itself, and shares with no other, is limited to `bytes`: EDQUOT from
// then on. Turns quota groups on for the file system. Needs CAP_SYS_ADMIN.
Result<void> limit_subvolume(int subvolume, std::int64_t bytes);

}  // namespace isle::kernel
