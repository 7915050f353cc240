#pragma once
// Why: a layer's members become files below one directory, whatever the archive says. Parents are
// reached with openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), the last name is only ever created,
// linked or unlinked in its parent's fd, so no link in the archive is ever followed.
// Whiteouts (image-spec layer.md) become overlay's own: a character device 0:0 for a removed name
// (an ordinary user may make that one since Linux 5.8) and an "opaque" attribute on a directory
// that hides what is below it (Documentation/filesystems/overlayfs.rst).

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/layer/member_path.h"
#include "image/layer/tar_entry.h"
#include "image/layer/tar_reader.h"
#include "kernel/fd.h"

namespace isle::image {

// Root gives files away, makes devices and writes "trusted." attributes. An ordinary user owns
// all he unpacks and overlay then reads "user." attributes (mount option userxattr).
enum class Unpacker : unsigned char { Root, User };

struct ApplyReport {
  std::uint64_t members = 0;
  std::uint64_t bytes = 0;            // of regular files
  std::uint64_t owners_lost = 0;      // members that belong to another than 0:0, unpacked by a user
  std::uint64_t devices_skipped = 0;  // by a user
  std::uint64_t attributes_skipped = 0;
  std::uint64_t left_out = 0;        // members that Plainly did not want
  std::vector<std::string> implied;  // directories the layer uses but does not describe
  struct Link {
    std::string path, target;
  };
  std::vector<Link> links;  // hard links to what the layer does not hold: a lower one may
};

// An archive that is no layer: nothing is whited out, and members go over what is there, but no
// file over a directory or the other way round. Called for each member, which it may change; false
// leaves it out.
using Plainly = std::function<Result<bool>(TarEntry&)>;

class LayerApplier {
 public:
  // `root` is the directory to fill, empty for a layer. The caller sets umask 0.
  LayerApplier(kernel::UniqueFd root, Unpacker who, Plainly plainly = {})
      : root_(std::move(root)), who_(who), plainly_(std::move(plainly)) {}

  // Every member of the archive, then the directories' modes and times.
  Result<ApplyReport> run(TarReader& archive);

 private:
  struct DirectoryEnd {  // what must wait until nothing is written into it any more
    std::uint32_t mode = 0;
    timespec mtime{};
  };

  kernel::UniqueFd root_;
  Unpacker who_;
  Plainly plainly_;
  ApplyReport report_;
  std::map<std::string, DirectoryEnd> directories_;
  std::set<std::string> implied_;
  std::map<std::string, std::string> links_;
  std::size_t held_ = 0;     // bytes of names that were put into these
  std::string parent_path_;  // the directory of the last member stays open
  kernel::UniqueFd parent_fd_;
  // Whether files are born there with the owner and mode that was asked for. A set-group-id bit, a
  // mount with grpid and default ACLs say otherwise, so the first one in each directory is looked
  // at.
  enum class Birth : unsigned char { Unknown, AsAsked, Otherwise };
  Birth birth_ = Birth::Unknown;

  Result<void> apply(TarEntry& entry, TarReader& archive);
  Result<void> create(const TarEntry& entry, const MemberPath& path, TarReader& archive);
  Result<int> open_parent(const std::string& path);
  Result<kernel::UniqueFd> make_parents(const std::string& path);

  Result<void> make_directory(int parent, const MemberPath& path, const TarEntry& entry);
  Result<void> make_file(int parent, const MemberPath& path, const TarEntry&, TarReader&);
  Result<bool> is_born_dressed(int parent, int file, const TarEntry& entry);
  Result<void> write_data(int file, TarReader& archive);
  Result<void> write_parts(int file, const SparseMap& map, TarReader& archive);
  Result<void> make_symlink(int parent, const MemberPath& path, const TarEntry& entry);
  Result<void> make_hard_link(int parent, const MemberPath& path, const TarEntry& entry);
  Result<void> make_node(int parent, const std::string& name, const TarEntry& entry);
  Result<void> white_out(int parent, const MemberPath& path, std::string_view hidden);
  Result<void> make_opaque(int directory);
  Result<void> hold_name(const std::string& name);
  Result<void> check_exchange(const MemberPath& path, bool is_directory, bool for_directory) const;
  Result<bool> clear_place(int parent, const MemberPath& path, bool for_directory);

  Result<void> dress(int fd, const TarEntry& entry, bool directory);
  static Result<void> set_time(int fd, const TarEntry& entry);
  Result<void> dress_name(int parent, const std::string& name, const TarEntry& entry);
  Result<void> give_attributes(int fd, const TarEntry& entry);
  Result<kernel::UniqueFd> open_near(int at, std::string_view here, const std::string& path) const;
  Result<void> finish_directories();
};

}  // namespace isle::image
