#include "image/layer/layer_view.h"

#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {
namespace {

using kernel::UniqueFd;
using Found = LayerView::Found;
constexpr int kMostLinks = 40;  // as the kernel's
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

bool is_opaque(int directory) {
  char value = 0;
  for (const char* name : {"trusted.overlay.opaque", "user.overlay.opaque"}) {
    if (fgetxattr(directory, name, &value, 1) == 1 && value == 'y') return true;
  }
  return false;
}

Result<std::string> read_link(int parent, const std::string& name) {
  char text[PATH_MAX];
  const ssize_t length = readlinkat(parent, name.c_str(), text, sizeof text);
  if (length < 0) return fail_call(errno, format("readlink({})", quoted(name)));
  return std::string(text, static_cast<std::size_t>(length));
}

// Takes what one layer has of the name; true: lower layers are still to be looked at.
Result<bool> take_part(int parent, const std::string& name, Found& found) {
  struct stat status{};
  if (fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return true;
    return fail_call(errno, format("stat({})", quoted(name)));
  }
  if (S_ISDIR(status.st_mode)) {
    UniqueFd part = TRY(kernel::open_at(parent, name, kDirectory));
    found.kind = Found::Kind::Directory;
    const bool hides = is_opaque(part.get());
    found.parts.push_back(std::move(part));
    return !hides;
  }
  // Below a directory, or a whiteout (a character device 0:0): the end either way.
  if (found.kind != Found::Kind::Absent) return false;
  if (S_ISCHR(status.st_mode) && status.st_rdev == 0) return false;
  found.kind = S_ISLNK(status.st_mode) ? Found::Kind::Link : Found::Kind::Other;
  if (S_ISLNK(status.st_mode)) found.link = TRY(read_link(parent, name));
  found.parent = TRY(kernel::open_at(parent, ".", kDirectory));
  return false;
}

void push_names(std::vector<std::string>& names, std::string_view path) {
  const auto parts = split(path, '/');
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!part->empty() && *part != ".") names.emplace_back(*part);
  }
}

class Walk {
 public:
  Walk(const std::vector<int>& roots, LayerView::Follow follow) : roots_(roots), follow_(follow) {}

  Result<Found> go(const std::string& path) {
    push_names(names_, path);
    while (!names_.empty()) {
      const std::string name = std::move(names_.back());
      names_.pop_back();
      if (name == "..") {
        if (!stack_.empty()) stack_.pop_back();
        continue;
      }
      Found found = TRY(step(name));
      if (found.kind == Found::Kind::Directory) {
        stack_.push_back(std::move(found));
        continue;
      }
      if (!TRY(follows(found))) return names_.empty() ? std::move(found) : Found{};
    }
    if (!stack_.empty()) return std::move(stack_.back());
    Found root;
    root.kind = Found::Kind::Directory;
    for (const int fd : roots_) root.parts.push_back(TRY(kernel::open_at(fd, ".", kDirectory)));
    return root;
  }

 private:
  const std::vector<int>& roots_;
  LayerView::Follow follow_;
  std::vector<Found> stack_;        // directories from below the root to where we are
  std::vector<std::string> names_;  // still to go, the next one last
  int links_ = 0;

  Result<Found> step(const std::string& name) {
    Found found;
    found.path = stack_.empty() ? name : stack_.back().path + "/" + name;
    if (stack_.empty()) {
      for (const int root : roots_) {
        if (!TRY(take_part(root, name, found))) break;
      }
      return found;
    }
    for (const UniqueFd& part : stack_.back().parts) {
      if (!TRY(take_part(part.get(), name, found))) break;
    }
    return found;
  }

  Result<bool> follows(const Found& found) {
    const bool wanted = follow_ == LayerView::Follow::All ||
                        (follow_ == LayerView::Follow::Parents && !names_.empty());
    if (found.kind != Found::Kind::Link || !wanted) return false;
    if (++links_ > kMostLinks) return fail_call(ELOOP, format("resolve({})", quoted(found.path)));
    if (found.link.starts_with('/')) stack_.clear();
    push_names(names_, found.link);
    return true;
  }
};

}  // namespace

Result<Found> LayerView::find(const std::string& path, Follow follow) const {
  return Walk(roots_, follow).go(path);
}

}  // namespace isle::image
