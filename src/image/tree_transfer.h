#pragma once
// Why: files go from a container to the host and back, from an image into a volume, from a volume
// into an archive. All of it is one thing: isle-unpack packs directories that are open, another
// isle-unpack unpacks into one that is; each has no other file than those, so what lies in them
// cannot lead anywhere else. Containers may write meanwhile, and ids change on the way. (A layer's
// copy for vfs and btrfs is another thing, layer/copy_tree.h: nobody else writes there, and data is
// shared by the file system, which a pipe cannot do.)

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/layer/pack.h"
#include "image/store.h"
#include "kernel/fd.h"

namespace isle::image {

struct TreeSource {
  std::vector<kernel::UniqueFd> directories;  // laid over each other, topmost first
  std::string only;                           // one entry; empty: all that is in them
  std::string name;                           // what that is called, or where all goes
  IdRanges uids, gids;                        // what the ids of the topmost are in the archive
};

struct TreeTarget {
  int directory = -1;
  bool special = true;  // devices, set-id bits, attributes of the system
  struct Owner {
    std::uint32_t uid = 0, gid = 0;
  };
  std::optional<Owner> owner;  // of all, as the archive has ids; else as they are
  IdRanges uids, gids;         // what the archive's ids are in there
};

struct CopyReport {
  std::uint64_t members = 0, left_out = 0;
};

// Conflict: a file would become a directory, or the other way round. What was copied before an
// error stays.
Result<CopyReport> transfer_tree(const Store& store,
                                 const TreeSource& source,
                                 const TreeTarget& target);
// As an archive, into and from a descriptor.
Result<void> pack_tree(const Store& store, const TreeSource& source, int output);
Result<CopyReport> extract_tree(const Store& store, int input, const TreeTarget& target);

}  // namespace isle::image
