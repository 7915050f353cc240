// Making files, links and nodes in their parent's fd.
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
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

Result<void> LayerApplier::make_file(int parent,
                                     const std::string& name,
                                     const TarEntry& entry,
                                     TarReader& archive) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const kernel::UniqueFd file = TRY(kernel::open_at(parent, name, kFlags, 0600));
  TRY(entry.sparse ? write_parts(file.get(), *entry.sparse, archive)
                   : write_data(file.get(), archive));
  return dress(file.get(), entry, false);
}

Result<void> LayerApplier::make_symlink(int parent,
                                        const std::string& name,
                                        const TarEntry& entry) {
  if (symlinkat(entry.target.c_str(), parent, name.c_str()) != 0) {
    return fail_call(errno, format("symlink({}, {})", quoted(entry.target), quoted(name)));
  }
  return dress_name(parent, name, entry);
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
