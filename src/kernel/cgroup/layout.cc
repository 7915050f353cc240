// A mount can be listed and yet be out of reach: another one mounted later over it, or over a
// directory on the way to it, hides it. Such mounts are absent for us.

#include "kernel/cgroup/layout.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel::cgroup {

namespace {

struct MountLine {
  std::string_view id, parent, root, point, options, type, super;
};

// "36 35 98:0 /root /point rw,noatime master:1 - ext4 /dev/root rw,errors=continue"
MountLine parse_line(std::string_view line) {
  MountLine mount;
  const auto next = [&line] {
    const Cut parts = cut(line, ' ');
    line = parts.after;
    return parts.before;
  };
  mount.id = next();
  mount.parent = next();
  next();
  mount.root = next();
  mount.point = next();
  mount.options = next();
  while (!line.empty() && next() != "-") {
  }
  mount.type = next();
  next();
  mount.super = next();
  return mount;
}

// The kernel writes blank, tab, newline and backslash as \ooo.
std::string unescape(std::string_view text) {
  std::string result;
  const auto digit = [&text](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                  (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool lies_below(std::string_view path, std::string_view top) {
  if (top == "/") return true;
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

using Mounts = std::vector<MountLine>;

// Whether a walk along the path of `mount` still comes to it: none of its siblings, and none of
// its ancestors' siblings, covers a directory on the way. Of two at one place the later is on top.
bool is_reached(const Mounts& mounts, const MountLine* mount) {
  for (std::size_t depth = 0; depth < mounts.size(); ++depth) {
    const MountLine* parent = nullptr;
    for (const MountLine& other : mounts) {
      if (&other == mount) continue;
      if (other.id == mount->parent) parent = &other;
      if (other.parent != mount->parent || !lies_below(mount->point, other.point)) continue;
      if (other.point != mount->point || &other > mount) return false;
    }
    if (parent == nullptr) return true;
    mount = parent;
  }
  return false;
}

bool is_covered(const Mounts& mounts, const MountLine& mount) {
  return std::ranges::any_of(mounts, [&](const MountLine& other) {
    return other.parent == mount.id && other.point == mount.point && &other != &mount;
  });
}

bool lists(std::string_view options, std::string_view wanted) {
  const auto parts = split(options, ',');
  return std::ranges::find(parts, wanted) != parts.end();
}

Hierarchy to_hierarchy(const MountLine& mount) {
  Hierarchy tree;
  tree.version = mount.type == "cgroup2" ? Version::V2 : Version::V1;
  tree.mount = unescape(mount.point);
  tree.mount_root = unescape(mount.root);
  tree.read_only = lists(mount.options, "ro") || lists(mount.super, "ro");
  if (tree.version == Version::V2) return tree;
  for (const std::string_view name : split(mount.super, ',')) {
    if (const auto found = controller_of_v1(name)) tree.controllers.add(*found);
  }
  return tree;
}

bool same_tree(const Hierarchy& a, const Hierarchy& b) {
  return a.version == b.version &&
         (a.version == Version::V2 || !(a.controllers & b.controllers).empty());
}

// Of two mounts of one tree the one that shows all of it is better, then the earlier.
void keep_better(std::vector<Hierarchy>& trees, Hierarchy tree) {
  if (tree.version == Version::V1 && tree.controllers.empty()) return;  // perf_event, name=elogind
  for (Hierarchy& known : trees) {
    if (!same_tree(known, tree)) continue;
    if (known.mount_root != "/" && tree.mount_root == "/") known = std::move(tree);
    return;
  }
  trees.push_back(std::move(tree));
}

bool names_one_of(std::string_view names, ControllerSet controllers) {
  for (const std::string_view name : split(names, ',')) {
    const auto found = controller_of_v1(name);
    if (found && controllers.has(*found)) return true;
  }
  return false;
}

// Lines are "4:memory:/path", "9:name=systemd:/path", and "0::/path" for v2.
void fill_own_paths(std::vector<Hierarchy>& trees, std::string_view own) {
  for (const std::string_view line : split(own, '\n')) {
    const Cut number = cut(line, ':');
    const Cut names = cut(number.after, ':');
    if (!names.found) continue;
    for (Hierarchy& tree : trees) {
      const bool ours = tree.version == Version::V2 ? number.before == "0" && names.before.empty()
                                                    : names_one_of(names.before, tree.controllers);
      if (ours) tree.own_path = names.after;
    }
  }
}

// A controller is v2's only where no v1 hierarchy holds it; so for what every v2 group does by
// itself.
void fill_v2_controllers(std::vector<Hierarchy>& trees, std::string_view listed) {
  ControllerSet on_v1;
  ControllerSet on_v2;
  for (const Hierarchy& tree : trees) {
    if (tree.version == Version::V1) on_v1 = on_v1 | tree.controllers;
  }
  for (const std::string_view name : split(trim(listed), ' ')) {
    if (const auto found = controller_of_v2(name)) on_v2.add(*found);
  }
  for (const Controller controller : kControllers) {
    if (built_into_v2(controller)) on_v2.add(controller);
  }
  for (Hierarchy& tree : trees) {
    if (tree.version == Version::V2) tree.controllers = on_v2 - on_v1;
  }
}

Mounts visible_groups(const Mounts& mounts) {
  Mounts found;
  for (const MountLine& mount : mounts) {
    if ((mount.type == "cgroup" || mount.type == "cgroup2") && !is_covered(mounts, mount) &&
        is_reached(mounts, &mount)) {
      found.push_back(mount);
    }
  }
  return found;
}

std::vector<Hierarchy> parse_trees(std::string_view mountinfo) {
  Mounts mounts;
  for (const std::string_view line : split(mountinfo, '\n')) {
    if (!line.empty()) mounts.push_back(parse_line(line));
  }
  std::vector<Hierarchy> trees;
  for (const MountLine& mount : visible_groups(mounts)) keep_better(trees, to_hierarchy(mount));
  std::ranges::stable_sort(trees, {}, &Hierarchy::version);
  return trees;
}

Layout finish(std::vector<Hierarchy> trees, std::string_view own, std::string_view v2_controllers) {
  fill_v2_controllers(trees, v2_controllers);
  fill_own_paths(trees, own);
  return Layout{.hierarchies = std::move(trees)};
}

}  // namespace

std::string Hierarchy::directory(std::string_view path) const {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.empty() ? mount : mount + "/" + std::string(path);
}

std::optional<std::string> Hierarchy::own_group() const {
  if (mount_root == "/") return own_path;
  if (!lies_below(own_path, mount_root)) return std::nullopt;
  const std::string rest = own_path.substr(mount_root.size());
  return rest.empty() ? "/" : rest;
}

const Hierarchy* Layout::find(Controller controller) const {
  const auto found = std::ranges::find_if(hierarchies, [controller](const Hierarchy& tree) {
    return tree.controllers.has(controller);
  });
  return found == hierarchies.end() ? nullptr : &*found;
}

const Hierarchy* Layout::v2() const {
  const auto found = std::ranges::find(hierarchies, Version::V2, &Hierarchy::version);
  return found == hierarchies.end() ? nullptr : &*found;
}

const Hierarchy* Layout::holding(std::string_view directory) const {
  const Hierarchy* best = nullptr;
  for (const Hierarchy& tree : hierarchies) {
    if (lies_below(directory, tree.mount) &&
        (best == nullptr || tree.mount.size() > best->mount.size())) {
      best = &tree;
    }
  }
  return best;
}

bool Layout::on_v2(Controller controller) const {
  const Hierarchy* tree = find(controller);
  return tree != nullptr && tree->version == Version::V2;
}

std::string_view Layout::kind() const {
  const bool has_v1 = std::ranges::any_of(hierarchies, [](const Hierarchy& tree) {
    return tree.version == Version::V1 &&
           !(tree.controllers - ControllerSet{Controller::Systemd}).empty();
  });
  if (v2() == nullptr) return has_v1 ? "v1" : "none";
  return has_v1 ? "hybrid" : "v2";
}

Layout parse_layout(std::string_view mountinfo,
                    std::string_view own,
                    std::string_view v2_controllers) {
  return finish(parse_trees(mountinfo), own, v2_controllers);
}

namespace {

Result<std::string> read_if_there(const std::string& path) {
  const UniqueFd file = TRY(open_if_exists(HostPath(path), O_RDONLY));
  if (!file) return std::string();
  return read_all(file.get());
}

// What groups at the top of a v2 mount can get. Inside a container the top is no real root: that
// alone has no cgroup.events. While it has processes of its own, it hands on no more than it does
// already (cgroups(7), the no internal processes rule).
Result<std::string> controllers_at_top(const std::string& mount) {
  const bool real_root = access((mount + "/cgroup.events").c_str(), F_OK) != 0;
  const bool occupied = !real_root && !TRY(read_if_there(mount + "/cgroup.procs")).empty();
  return read_if_there(mount + (occupied ? "/cgroup.subtree_control" : "/cgroup.controllers"));
}

}  // namespace

Result<Layout> detect_layout() {
  const std::string mountinfo = TRY(read_file(HostPath("/proc/self/mountinfo")));
  const std::string own = TRY(read_file(HostPath("/proc/self/cgroup")));
  std::vector<Hierarchy> trees = parse_trees(mountinfo);
  std::string v2_controllers;
  const auto v2 = std::ranges::find(trees, Version::V2, &Hierarchy::version);
  if (v2 != trees.end()) v2_controllers = TRY(controllers_at_top(v2->mount));
  return finish(std::move(trees), own, v2_controllers);
}

}  // namespace isle::kernel::cgroup
