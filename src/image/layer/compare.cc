#include "image/layer/compare.h"

#include <algorithm>
#include <climits>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/merged_tree.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

using Child = MergedDirectory::Child;

bool is_same_inode(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::string link_text(const MergedDirectory& directory, const Child& child, const char* name) {
  char text[PATH_MAX];
  const ssize_t size = readlinkat(directory.part(child).fd.get(), name, text, sizeof text);
  return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
}

// setcap(8) changes nothing else that can be seen.
std::string capability(const MergedDirectory& directory, const Child& child, const char* name) {
  constexpr int kRead = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  const auto file = kernel::open_at(directory.part(child).fd.get(), name, kRead);
  if (!file) return "";
  char value[64];
  const ssize_t size = fgetxattr(file->get(), "security.capability", value, sizeof value);
  return size < 0 ? "" : std::string(value, static_cast<std::size_t>(size));
}

bool is_same_look(const struct stat& a, const struct stat& b) {
  return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid &&
         a.st_rdev == b.st_rdev && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// The very same directories below: nothing can differ.
bool is_same_place(const MergedDirectory& a, const MergedDirectory& b) {
  if (a.parts().size() != b.parts().size()) return false;
  for (std::size_t i = 0; i < a.parts().size(); ++i) {
    struct stat one{};
    struct stat other{};
    if (fstat(a.parts()[i].fd.get(), &one) != 0 || fstat(b.parts()[i].fd.get(), &other) != 0) {
      return false;
    }
    if (!is_same_inode(one, other)) return false;
  }
  return true;
}

constexpr int kMaxDepth = 1000;  // as of what is packed

class Comparison {
 public:
  std::vector<Change> changes;

  Result<void> directories(const MergedDirectory& before,
                           const MergedDirectory& after,
                           const std::string& path) {
    if (is_same_place(before, after)) return {};
    if (std::ranges::count(path, '/') > kMaxDepth) {
      return fail(ErrorKind::Unsupported, format("{} lies too deep", quoted(path.substr(0, 64))));
    }
    const std::map<std::string, Child> old_children = TRY(before.children());
    const std::map<std::string, Child> new_children = TRY(after.children());
    for (const auto& [name, child] : old_children) {
      if (!new_children.contains(name)) add(Change::Kind::Deleted, path + name);
    }
    for (const auto& [name, child] : new_children) {
      const auto found = old_children.find(name);
      if (found == old_children.end()) {
        TRY(added(after, child, path, name));
      } else if (S_ISDIR(child.status.st_mode) && S_ISDIR(found->second.status.st_mode)) {
        TRY(both_directories(before, after, found->second, child, path + name));
      } else if (!is_same_file(before, after, found->second, child, name)) {
        add(Change::Kind::Changed, path + name);
        if (S_ISDIR(child.status.st_mode)) TRY(added_below(after, path, name));
      }
    }
    return {};
  }

 private:
  void add(Change::Kind kind, std::string path) {
    changes.push_back({.kind = kind, .path = std::move(path)});
  }

  static bool is_same_file(const MergedDirectory& before,
                           const MergedDirectory& after,
                           const Child& old_child,
                           const Child& new_child,
                           const std::string& name) {
    if (is_same_inode(old_child.status, new_child.status)) return true;
    if (!is_same_look(old_child.status, new_child.status)) return false;
    if (old_child.status.st_size != new_child.status.st_size) return false;
    const char* text = name.c_str();
    if (S_ISLNK(new_child.status.st_mode)) {
      return link_text(before, old_child, text) == link_text(after, new_child, text);
    }
    return !S_ISREG(new_child.status.st_mode) ||
           capability(before, old_child, text) == capability(after, new_child, text);
  }

  Result<void> both_directories(const MergedDirectory& before,
                                const MergedDirectory& after,
                                const Child& old_child,
                                const Child& new_child,
                                const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const std::size_t place = changes.size();
    TRY(directories(TRY(before.enter(name)), TRY(after.enter(name)), path + "/"));
    if (changes.size() > place || !is_same_look(old_child.status, new_child.status)) {
      changes.insert(changes.begin() + static_cast<std::ptrdiff_t>(place),
                     {.kind = Change::Kind::Changed, .path = path});
    }
    return {};
  }

  Result<void> added(const MergedDirectory& parent,
                     const Child& child,
                     const std::string& path,
                     const std::string& name) {
    add(Change::Kind::Added, path + name);
    return S_ISDIR(child.status.st_mode) ? added_below(parent, path, name) : Result<void>{};
  }

  Result<void> added_below(const MergedDirectory& parent,
                           const std::string& path,
                           const std::string& name) {
    const MergedDirectory directory = TRY(parent.enter(name));
    for (const auto& [below, child] : TRY(directory.children())) {
      TRY(added(directory, child, path + name + "/", below));
    }
    return {};
  }
};

}  // namespace

Result<std::vector<Change>> compare_trees(const std::vector<int>& before,
                                          const std::vector<int>& after) {
  Comparison comparison;
  TRY(comparison.directories(
      TRY(MergedDirectory::of_roots(before)), TRY(MergedDirectory::of_roots(after)), "/"));
  return std::move(comparison.changes);
}

}  // namespace isle::image
