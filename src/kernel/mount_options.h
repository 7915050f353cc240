#pragma once
// Why: a mount's options are one list of words in the OCI spec and in mount(8), but the kernel
// takes them apart: attributes of one mount or of a tree (mount_setattr(2)), propagation, the way
// the mount is made (bind, idmap), and parameters of the file system (fsconfig(2)). The words are
// the runtime specification's "Linux mount options" and mount(8)'s FILESYSTEM-INDEPENDENT ones.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace isle::kernel {

// As in struct mount_attr. Bits of `clear` are cleared first, then `set` is set; an access time
// mode always has all of MOUNT_ATTR__ATIME in `clear`, which the kernel demands.
struct MountAttributes {
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  bool empty() const { return set == 0 && clear == 0; }
  auto operator<=>(const MountAttributes&) const = default;
};

struct PropagationChange {
  std::uint64_t flag = 0;  // MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE
  bool recursive = false;
  auto operator<=>(const PropagationChange&) const = default;
};

enum class MountIdMap : unsigned char { None, Mount, Tree };  // idmap, ridmap

// One parameter for fsconfig: a flag when it has no value.
struct MountParameter {
  std::string key;
  std::optional<std::string> value;
  auto operator<=>(const MountParameter&) const = default;
};

struct MountOptions {
  MountAttributes attributes;  // of the mount
  MountAttributes recursive;   // of it and all below it: rro, rnosuid ...; applied after the above
  bool bind = false;           // bind, rbind
  bool recursive_bind = false;
  bool remount = false;
  bool copy_up = false;  // tmpcopyup: a tmpfs starts with what it hides
  // X-mount.subdir=, mount(8): only this part of the source, a path beneath it; empty: all.
  std::string subdirectory;
  MountIdMap id_mapping = MountIdMap::None;
  std::vector<PropagationChange> propagation;  // in the order written
  // ro or rw as last written. A read-only mount is an attribute above; a file system on a block
  // device may need its superblock read-only as well.
  std::optional<bool> read_only;
  // sync, dirsync, lazytime and their opposites: flags that fsconfig takes for any file system.
  // A bind mount shares its superblock and has none of its own to set.
  std::vector<MountParameter> superblock;
  // What is left is the file system's: size=64k, mode=755, nr_inodes=..., context=...
  std::vector<MountParameter> data;
};

// One word may hold several, divided by commas ("nosuid,size=64k"), where a comma in double quotes
// or after a backslash does not divide. A later word wins over an earlier one. Error
// InvalidArgument names the word: an empty one, or one that only /etc/fstab or mount(8) understand.
Result<MountOptions> parse_mount_options(const std::vector<std::string>& words);

// All words of ours, sorted: for what `features` tells.
std::vector<std::string> mount_option_words();

// "shared" "slave" "private" "unbindable" or with an r before them; nullopt for any other text.
std::optional<PropagationChange> parse_propagation(std::string_view word);
std::string_view propagation_word(PropagationChange change);

// "ro,nosuid,noatime" of MOUNT_ATTR_ bits, for messages; an unknown bit is shown as a number.
std::string attribute_words(std::uint64_t attributes);

}  // namespace isle::kernel
