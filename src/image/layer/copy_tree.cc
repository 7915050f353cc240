#include "image/layer/copy_tree.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/merged_tree.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
constexpr int kMaxDepth = 500;  // a level costs descriptors and some stack
constexpr std::size_t kPiece = std::size_t{1} << 30;

bool is_overlays(std::string_view name) {
  return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

Result<void> copy_attribute(int from, int to, const std::string& name) {
  std::string value(XATTR_SIZE_MAX, '\0');
  const ssize_t size = fgetxattr(from, name.c_str(), value.data(), value.size());
  if (size < 0) return errno == ENODATA ? Result<void>{} : fail_call(errno, "getxattr()");
  if (fsetxattr(to, name.c_str(), value.data(), static_cast<std::size_t>(size), 0) == 0) return {};
  // A security label is the host's to give.
  if (errno == ENOTSUP || (errno == EPERM && name.starts_with("security."))) return {};
  return fail_call(errno, format("setxattr({})", quoted(name)));
}

Result<void> copy_attributes(int from, int to) {
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t size = flistxattr(from, names.data(), names.size());
  if (size < 0) return errno == ENOTSUP ? Result<void>{} : fail_call(errno, "listxattr()");
  std::string_view rest(names.data(), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const Cut name = cut(rest, '\0');
    rest = name.after;
    if (!is_overlays(name.before)) TRY(copy_attribute(from, to, std::string(name.before)));
  }
  return {};
}

// Moves both offsets on. copy_file_range(2) wants one file system (EXDEV; Linux 5.19 and later),
// and some do not have it.
ssize_t copy_piece(int from, off_t* data, int to, off_t* write_at, std::size_t size) {
  const ssize_t count = copy_file_range(from, data, to, write_at, size, 0);
  if (count >= 0 || (errno != EXDEV && errno != EOPNOTSUPP)) return count;
  if (lseek(to, *write_at, SEEK_SET) < 0) return -1;
  const ssize_t sent = sendfile(to, from, data, size);
  if (sent > 0) *write_at += sent;
  return sent;
}

// Holes stay holes.
Result<void> copy_extents(int from, int to, off_t size) {
  for (off_t data = 0; data < size;) {
    data = lseek(from, data, SEEK_DATA);
    if (data < 0) return errno == ENXIO ? Result<void>{} : fail_call(errno, "lseek(SEEK_DATA)");
    const off_t end = lseek(from, data, SEEK_HOLE);
    if (end < 0) return fail_call(errno, "lseek(SEEK_HOLE)");
    off_t write_at = data;
    while (data < end) {
      const std::size_t left = static_cast<std::size_t>(end - data);
      const ssize_t count = copy_piece(from, &data, to, &write_at, std::min(left, kPiece));
      if (count < 0) return fail_call(errno, "copy the data");
      if (count == 0) return fail(ErrorKind::Conflict, "a file shrank while it was copied");
    }
  }
  return {};
}

Result<void> copy_data(int from, int to, off_t size) {
  if (size == 0 || ioctl(to, FICLONE, from) == 0) return {};
  if (ftruncate(to, size) != 0) return fail_call(errno, "ftruncate()");
  return copy_extents(from, to, size);
}

class Copy {
 public:
  // `devices` of the layers, topmost first: what is mounted below is no part of them.
  Copy(int target, const struct stat& self, std::vector<dev_t> devices, bool as_root)
      : as_root_(as_root), top_(target), self_(self), devices_(std::move(devices)) {}

  Result<void> directory(const MergedDirectory& from, int to, const struct stat& look) {
    for (const auto& [name, found] : TRY(from.children())) {
      TRY_STEP(child(from, name, found, to), quoted(name));
    }
    // Last: what is put into it changes its time, and it may be closed to its owner.
    return dress(from.parts().front().fd.get(), to, look);
  }

 private:
  bool as_root_;
  int top_;
  struct stat self_;  // of the target, which may lie in what is copied (--rootfs /:O)
  std::vector<dev_t> devices_;
  int depth_ = 0;
  std::string path_;  // below `top_`, of the directory at work: "usr/bin/"
  std::map<std::pair<dev_t, ino_t>, std::string> linked_;  // first names of files with several

  Result<void> dress(int from, int to, const struct stat& look) const {
    if (as_root_ && fchown(to, look.st_uid, look.st_gid) != 0) return fail_call(errno, "chown()");
    // After chown, which takes set-uid bits and file capabilities away.
    TRY(copy_attributes(from, to));
    if (fchmod(to, look.st_mode & 07777U) != 0) return fail_call(errno, "chmod()");
    const timespec times[2] = {look.st_atim, look.st_mtim};
    if (futimens(to, times) != 0) return fail_call(errno, "utimens()");
    return {};
  }

  Result<void> child(const MergedDirectory& from,
                     const std::string& name,
                     const MergedDirectory::Child& found,
                     int to) {
    const int parent = from.part(found).fd.get();
    switch (found.status.st_mode & S_IFMT) {
      case S_IFDIR: return below(from, name, found.status, to);
      case S_IFREG: return file(parent, name, found.status, to);
      case S_IFLNK: return link(parent, name, found.status, to);
      default: return node(name, found.status, to);
    }
  }

  Result<void> below(const MergedDirectory& from,
                     const std::string& name,
                     const struct stat& look,
                     int to) {
    const MergedDirectory directory_here = TRY(from.enter(name));
    if (directory_here.empty()) return {};  // exchanged while we read
    if (mkdirat(to, name.c_str(), 0700) != 0) return fail_call(errno, "mkdir()");
    const kernel::UniqueFd made = TRY(kernel::open_at(to, name, kDirectory));
    const MergedDirectory::Part& top = directory_here.parts().front();
    const bool is_self = look.st_dev == self_.st_dev && look.st_ino == self_.st_ino;
    if (is_self || look.st_dev != devices_[top.layer]) return dress(top.fd.get(), made.get(), look);
    if (++depth_ > kMaxDepth) {
      return fail(ErrorKind::Unsupported,
                  "it lies too deep to be copied",
                  "storage driver overlay copies nothing");
    }
    const std::size_t length = path_.size();
    path_ += name + "/";
    TRY(directory(directory_here, made.get(), look));
    path_.resize(length);
    --depth_;
    return {};
  }

  // True: it is another name of a file that was copied.
  Result<bool> link_again(const struct stat& look, const std::string& name, int to) const {
    const auto first = linked_.find({look.st_dev, look.st_ino});
    if (first == linked_.end()) return false;
    // A name that was made here, in directories that were: no link stands on its way.
    if (linkat(top_, first->second.c_str(), to, name.c_str(), 0) == 0) return true;
    return fail_call(errno, "link()");
  }

  Result<void> file(int parent, const std::string& name, const struct stat& look, int to) {
    if (look.st_nlink > 1 && TRY(link_again(look, name, to))) return {};
    const kernel::UniqueFd source =
        TRY(kernel::open_at(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    const kernel::UniqueFd made =
        TRY(kernel::open_at(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    TRY(copy_data(source.get(), made.get(), look.st_size));
    TRY(dress(source.get(), made.get(), look));
    if (look.st_nlink > 1) linked_[{look.st_dev, look.st_ino}] = path_ + name;
    return {};
  }

  Result<void> dress_name(const std::string& name, const struct stat& look, int to) const {
    if (as_root_ &&
        fchownat(to, name.c_str(), look.st_uid, look.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
      return fail_call(errno, "chown()");
    }
    const timespec times[2] = {look.st_atim, look.st_mtim};
    if (utimensat(to, name.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0) return {};
    return fail_call(errno, "utimens()");
  }

  Result<void> link(int parent, const std::string& name, const struct stat& look, int to) const {
    char text[PATH_MAX];
    const ssize_t size = readlinkat(parent, name.c_str(), text, sizeof text - 1);
    if (size < 0) return fail_call(errno, "readlink()");
    text[size] = '\0';
    if (symlinkat(text, to, name.c_str()) != 0) return fail_call(errno, "symlink()");
    return dress_name(name, look, to);
  }

  Result<void> node(const std::string& name, const struct stat& look, int to) const {
    if (mknodat(to, name.c_str(), look.st_mode, look.st_rdev) != 0) {
      return fail_call(errno, "mknod()");
    }
    // umask(2) took part in it.
    if (fchmodat(to, name.c_str(), look.st_mode & 07777U, 0) != 0) {
      return fail_call(errno, "chmod()");
    }
    return dress_name(name, look, to);
  }
};

Result<std::vector<dev_t>> devices_of(const std::vector<int>& roots) {
  std::vector<dev_t> devices;
  devices.reserve(roots.size());
  for (const int root : roots) {
    struct stat look{};
    if (fstat(root, &look) != 0) return fail_call(errno, "stat(/)");
    devices.push_back(look.st_dev);
  }
  return devices;
}

}  // namespace

Result<void> copy_layers(const std::vector<HostPath>& layers, int target) {
  std::vector<kernel::UniqueFd> roots;
  std::vector<int> numbers;
  roots.reserve(layers.size());
  numbers.reserve(layers.size());
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    roots.push_back(TRY(kernel::open_file(*layer, O_RDONLY | O_DIRECTORY)));
    numbers.push_back(roots.back().get());
  }
  struct stat look{};
  if (fstat(numbers.front(), &look) != 0) return fail_call(errno, "stat(/)");
  const MergedDirectory root = TRY(MergedDirectory::of_roots(numbers));
  struct stat self{};
  if (fstat(target, &self) != 0) return fail_call(errno, "stat(tree)");
  return Copy(target, self, TRY(devices_of(numbers)), geteuid() == 0).directory(root, target, look);
}

}  // namespace isle::image
