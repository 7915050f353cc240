// Making files, links and nodes in their parent's fd.
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/applier.h"
#include "kernel/beneath.h"

namespace isle::image {

Result<void> LayerApplier::write_data(int file, TarReader& archive) {
  for (;;) {
    const std::string_view part = TRY(archive.take_data());
    if (part.empty()) return {};
    TRY(kernel::write_all(file, part));
    report_.bytes += part.size();
  }
}

// Holes stay holes.
Result<void> LayerApplier::write_parts(int file, const SparseMap& map, TarReader& archive) {
  std::string_view data;
  for (const SparsePart& part : map.parts) {
    if (lseek(file, part.offset, SEEK_SET) < 0) return fail_call(errno, "lseek(sparse file)");
    for (std::int64_t left = part.size; left > 0;) {
      if (data.empty()) data = TRY(archive.take_data());
      const std::string_view piece = data.substr(0, static_cast<std::size_t>(left));
      TRY(kernel::write_all(file, piece));
      data.remove_prefix(piece.size());
      left -= std::ssize(piece);
      report_.bytes += piece.size();
    }
  }
  if (ftruncate(file, map.real_size) != 0) {
    return fail_call(errno, format("ftruncate({})", map.real_size));
  }
  return {};
}

// Two calls less for most files, each of which the file system would write down.
Result<bool> LayerApplier::is_born_dressed(int parent, int file, const TarEntry& entry) {
  if (birth_ == Birth::Unknown) {
    struct stat found{};
    if (fstat(file, &found) != 0) return fail_call(errno, "fstat(new file)");
    const bool is_roots = found.st_uid == 0 && found.st_gid == 0;
    const bool as_asked = (is_roots || who_ == Unpacker::User) &&
                          (found.st_mode & 07777) == entry.mode &&
                          fgetxattr(parent, "system.posix_acl_default", nullptr, 0) < 0;
    birth_ = as_asked ? Birth::AsAsked : Birth::Otherwise;
  }
  return birth_ == Birth::AsAsked;
}

Result<void> LayerApplier::make_file(int parent,
                                     const MemberPath& path,
                                     const TarEntry& entry,
                                     TarReader& archive) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const bool is_plain =
      entry.uid == 0 && entry.gid == 0 && (entry.mode & ~0777U) == 0 && entry.xattrs.empty();
  const mode_t mode = is_plain ? entry.mode : 0600;
  Result<kernel::UniqueFd> opened = kernel::open_at(parent, path.name, kFlags, mode);
  if (!opened && opened.error().errnum == EEXIST) {
    TRY(clear_place(parent, path, false));
    opened = kernel::open_at(parent, path.name, kFlags, mode);
  }
  const kernel::UniqueFd file = TRY(std::move(opened));
  const int fd = file.get();
  const bool is_dressed = is_plain && TRY(is_born_dressed(parent, fd, entry));
  TRY(entry.sparse ? write_parts(fd, *entry.sparse, archive) : write_data(fd, archive));
  return is_dressed ? set_time(fd, entry) : dress(fd, entry, false);
}

Result<void> LayerApplier::make_symlink(int parent, const MemberPath& path, const TarEntry& entry) {
  const auto link = [&] { return symlinkat(entry.target.c_str(), parent, path.name.c_str()) == 0; };
  bool made = link();
  if (!made && errno == EEXIST) {
    TRY(clear_place(parent, path, false));
    made = link();
  }
  if (made) return dress_name(parent, path.name, entry);
  return fail_call(errno, format("symlink({}, {})", quoted(entry.target), quoted(path.name)));
}

// The target is a member's name too: beneath the root, through no link. What is not in this layer
// may be in one below, which is looked for when the layers are stacked (chain.h).
Result<void> LayerApplier::make_hard_link(int parent,
                                          const MemberPath& path,
                                          const TarEntry& entry) {
  const MemberPath target = TRY(member_path(entry.target));
  if (target.is_root()) return fail(ErrorKind::Corrupt, "layer: a hard link to the root");
  if (const auto other = links_.find(target.str()); other != links_.end()) {
    links_[path.str()] = std::string(other->second);
    return {};
  }
  kernel::UniqueFd opened;
  int from = root_.get();
  if (!target.parent.empty()) {
    opened = TRY(kernel::open_beneath_if_exists(root_.get(), target.parent, O_PATH | O_DIRECTORY));
    from = opened.get();
  }
  if (from >= 0 && linkat(from, target.name.c_str(), parent, path.name.c_str(), 0) == 0) return {};
  const int error = from >= 0 ? errno : ENOENT;
  if (error != ENOENT) {
    return fail_call(error, format("link({}, {})", quoted(entry.target), quoted(path.name)));
  }
  links_[path.str()] = target.str();
  return {};
}

Result<void> LayerApplier::make_node(int parent, const std::string& name, const TarEntry& entry) {
  mode_t type = S_IFIFO;
  if (entry.type == TarType::CharDevice) type = S_IFCHR;
  if (entry.type == TarType::BlockDevice) type = S_IFBLK;
  const dev_t device = type == S_IFIFO ? 0 : makedev(entry.major, entry.minor);
  if (mknodat(parent, name.c_str(), type | entry.mode, device) != 0) {
    return fail_call(errno, format("mknod({}, {}:{})", quoted(name), entry.major, entry.minor));
  }
  TRY(dress_name(parent, name, entry));
  // Not a link: it was made a line above, and nobody else writes here.
  if (fchmodat(parent, name.c_str(), entry.mode, 0) != 0) {
    return fail_call(errno, format("chmod({})", quoted(name)));
  }
  return {};
}

}  // namespace isle::image
