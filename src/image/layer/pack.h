#pragma once
// Why: the other half of unpacking. A directory, several laid over each other, or the upper
// directory of an overlay becomes a tar archive whose bytes depend on nothing but what is packed:
// members sorted by name, access and change times and names of users left out.
//
// A layer (of an upper directory) tells what was removed: ".wh.NAME" for overlay's whiteout,
// ".wh..wh..opq" in a directory that hides what is below it (image-spec layer.md, "Whiteouts").

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "base/error.h"
#include "image/layer/byte_sink.h"
#include "image/layer/merged_tree.h"
#include "image/layer/tar_entry.h"
#include "image/layer/tar_writer.h"

namespace isle::image {

// `count` ids from `outside` on (as the disk has them) are those from `inside` on (as the archive
// is to have them).
struct IdRange {
  std::uint32_t inside = 0, outside = 0, count = 0;
};
using IdRanges = std::vector<IdRange>;

struct PackRequest {
  std::vector<int> roots;  // directories, topmost first
  // Topmost first; with `layer`: what has to be laid over these to become the roots.
  std::vector<int> base = {};
  bool layer = false;    // the roots are one layer or upper directory: whiteouts are told
  bool to_root = false;  // an ordinary user's files: all of them are 0:0's inside
  std::string only;      // one entry of the directories; empty: all that is in them
  std::string name;      // what that entry is called, or where all goes; empty: as it is
  IdRanges uids, gids;   // of the topmost root; empty: as they are
  // "etc/hosts": where a container had mounts. What lies there is left out if it is empty: it was
  // made to mount upon.
  std::set<std::string> mount_points;
};

struct PackReport {
  std::uint64_t members = 0;
  std::uint64_t sockets = 0;  // left out: no archive can hold them
};

class Packer {
 public:
  Packer(const PackRequest& request, ByteSink& sink) : request_(request), writer_(sink) {}
  // Unsupported: overlay's redirections, which only a mount can follow. Conflict: a file shrank
  // while it was read.
  Result<PackReport> run();

 private:
  const PackRequest& request_;
  TarWriter writer_;
  PackReport report_;
  // With a base: what differs from it, and what is gone, by the directory it was in.
  std::set<std::string> changed_;
  std::map<std::string, std::vector<std::string>> removed_;
  std::map<std::pair<dev_t, ino_t>, std::string> linked_;  // files with several names

  Result<void> pack_one(const MergedDirectory& root);
  Result<void> pack_all(const MergedDirectory& root);
  Result<void> compare_with_base();
  Result<void> directory(const MergedDirectory& directory, const std::string& path);
  Result<void> child(const MergedDirectory& parent,
                     const std::string& path,
                     const std::string& name,
                     const MergedDirectory::Child& child);
  Result<void> whiteouts(const MergedDirectory& directory,
                         const std::vector<std::string>& hidden,
                         const std::string& path);
  Result<bool> is_bare_mount_point(const MergedDirectory& parent,
                                   const std::string& path,
                                   const std::string& name,
                                   const MergedDirectory::Child& child) const;
  Result<void> file(int fd, TarEntry entry);
  Result<void> node(const MergedDirectory::Part& part, const std::string& name, TarEntry entry);
  TarEntry entry_of(const std::string& path, const struct stat& status, std::size_t layer) const;
};

}  // namespace isle::image
