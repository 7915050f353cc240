#include "kernel/cgroup/delegation.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/group_tree.h"

namespace isle::kernel::cgroup {

namespace {

bool owns(const std::string& path, uid_t uid) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 && info.st_uid == uid && access(path.c_str(), W_OK) == 0;
}

bool is_delegated(const Hierarchy& tree, const std::string& path, uid_t uid) {
  const std::string directory = tree.directory(path);
  if (!owns(directory, uid) || !owns(directory + "/cgroup.procs", uid)) return false;
  if (tree.version == Version::V1) return true;
  const std::string subtree = directory + "/cgroup.subtree_control";
  // The real root of v2 has no such file in its oldest kernels; it is never a user's.
  return owns(subtree, uid);
}

// A group with processes hands on what it does already, and no more; the real root alone, which has
// no cgroup.events, is not bound by that.
bool is_occupied(const std::string& directory) {
  const auto processes = read_group_file(directory, "cgroup.procs");
  const auto events = read_group_file(directory, "cgroup.events");
  return processes && *processes && !(*processes)->empty() && events && *events;
}

// Of those that the tree has, what the group at `base` got and can hand on. cpuset and the like may
// end above it.
void keep_handed_down(Hierarchy& tree) {
  const std::string directory = tree.directory(tree.base);
  const Result<std::optional<std::string>> listed = read_group_file(
      directory, is_occupied(directory) ? "cgroup.subtree_control" : "cgroup.controllers");
  if (!listed || !*listed) return;
  ControllerSet present;
  for (const std::string_view name : split(trim(**listed), ' ')) {
    if (const auto found = controller_of_v2(name)) present.add(*found);
  }
  for (const Controller controller : kControllers) {
    if (!present.has(controller) && !built_into_v2(controller)) tree.controllers.remove(controller);
  }
}

}  // namespace

std::optional<std::string> topmost_delegated(
    std::string_view own_group, const std::function<bool(const std::string& path)>& is_ours) {
  // A group outside our cgroup namespace shows as "/../x": nothing there can be reached.
  for (const std::string_view part : split(own_group, '/')) {
    if (part == "..") return std::nullopt;
  }
  if (is_ours("/")) return "/";
  std::string path;
  for (const std::string_view part : split(own_group, '/')) {
    if (part.empty()) continue;
    path += '/';
    path += part;
    if (is_ours(path)) return path;
  }
  return std::nullopt;
}

Layout delegated_layout(const Layout& layout, uid_t uid) {
  Layout ours;
  for (const Hierarchy& tree : layout.hierarchies) {
    const std::optional<std::string> own = tree.own_group();
    if (tree.read_only || !own) continue;
    const auto base = topmost_delegated(
        *own, [&](const std::string& path) { return is_delegated(tree, path, uid); });
    if (!base) continue;
    ours.hierarchies.push_back(tree);
    Hierarchy& kept = ours.hierarchies.back();
    kept.base = *base;
    if (kept.version == Version::V2) keep_handed_down(kept);
  }
  return ours;
}

Layout layout_below(const Layout& layout, std::string_view base) {
  Layout below;
  const Hierarchy* tree = layout.v2();
  if (tree == nullptr) return below;
  below.hierarchies.push_back(*tree);
  below.hierarchies.back().base = base;
  keep_handed_down(below.hierarchies.back());
  return below;
}

}  // namespace isle::kernel::cgroup
