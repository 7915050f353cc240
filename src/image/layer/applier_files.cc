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

Result<void> LayerApplier::make_file(int parent,
                                     const std::string& name,
                                     const TarEntry& entry,
                                     TarReader& archive) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const kernel::UniqueFd file = TRY(kernel::open_at(parent, name, kFlags, 0600));
  for (;;) {
    const std::string_view part = TRY(archive.take_data());
    if (part.empty()) break;
    TRY(kernel::write_all(file.get(), part));
    report_.bytes += part.size();
  }
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

// The target is a member's name too: beneath the root, through no link.
Result<void> LayerApplier::make_hard_link(int parent,
                                          const std::string& name,
                                          const TarEntry& entry) {
  const MemberPath target = TRY(member_path(entry.target));
  if (target.is_root()) return fail(ErrorKind::Corrupt, "layer: a hard link to the root");
  kernel::UniqueFd opened;
  int from = root_.get();
  if (!target.parent.empty()) {
    opened = TRY(kernel::open_beneath_if_exists(root_.get(), target.parent, O_PATH | O_DIRECTORY));
    from = opened.get();
  }
  if (from >= 0 && linkat(from, target.name.c_str(), parent, name.c_str(), 0) == 0) return {};
  const int error = from >= 0 ? errno : ENOENT;
  if (error == ENOENT) {
    return fail(
        ErrorKind::Unsupported,
        format("layer: hard link to {}, which this layer does not hold", quoted(entry.target)));
  }
  return fail_call(error, format("link({}, {})", quoted(entry.target), quoted(name)));
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
