#include "runtime/state/exec_group.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/strings.h"

namespace isle::runtime {

namespace {

// "a//b/" -> "/a/b", "/" -> "".
Result<std::string> clean(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, '/')) {
    if (part == "..") {
      return fail(ErrorKind::InvalidArgument,
                  format("--cgroup {}: `..` components are not allowed", quoted(path)));
    }
    if (!part.empty() && part != ".") out.append("/").append(part);
  }
  return out;
}

bool exists(const std::string& directory) {
  struct stat info{};
  return stat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::unexpected<Error> no_such_group(const std::string& path) {
  return fail(ErrorKind::NotFound,
              format("--cgroup {}: the container has no such group", quoted(path)),
              "it is a path below the container's own control group, and has to exist");
}

// Wherever it is: a v1 container rarely makes a group in every hierarchy.
Result<void> go_below(std::vector<std::string>& directories, const std::string& path) {
  const std::string below = TRY(clean(path));
  bool found = false;
  for (std::string& directory : directories) {
    if (!exists(directory + below)) continue;
    directory += below;
    found = true;
  }
  if (!found) return no_such_group(path);
  return {};
}

Result<void> go_below(std::vector<std::string>& directories,
                      const kernel::cgroup::Layout& layout,
                      const SubGroup& group) {
  const std::string below = TRY(clean(group.path));
  const kernel::cgroup::Hierarchy* tree = layout.find(*group.controller);
  const auto own = std::ranges::find_if(directories, [&](const std::string& directory) {
    return tree != nullptr && layout.holding(directory) == tree;
  });
  if (own == directories.end() || !exists(*own + below)) return no_such_group(group.path);
  *own += below;
  return {};
}

// "0::/path" of /proc/PID/cgroup.
std::string v2_path_of(Pid pid) {
  const Result<std::string> text =
      kernel::read_file(HostPath(format("/proc/{}/cgroup", pid.value)));
  if (!text) return {};
  for (const std::string_view line : split(*text, '\n')) {
    if (line.starts_with("0::")) return std::string(line.substr(3));
  }
  return {};
}

// A v2 group that hands controllers down holds no processes itself (cgroup-v2.rst, "No Internal
// Process Constraint"): an init that arranged its groups so, as systemd does, has its own below.
void follow_init(std::vector<std::string>& directories,
                 const kernel::cgroup::Layout& layout,
                 Pid init) {
  const kernel::cgroup::Hierarchy* tree = layout.v2();
  if (tree == nullptr) return;
  for (std::string& directory : directories) {
    if (layout.holding(directory) != tree) continue;
    const Result<std::string> handed =
        kernel::read_file(HostPath(directory) / "cgroup.subtree_control");
    if (!handed || trim(*handed).empty()) return;
    const std::string own = tree->directory(v2_path_of(init));
    if (own.starts_with(directory + "/") && exists(own)) directory = own;
  }
}

}  // namespace

Result<std::vector<std::string>> exec_directories(const ContainerState& state,
                                                  const kernel::cgroup::Layout& layout,
                                                  const std::vector<SubGroup>& sub_groups) {
  std::vector<std::string> directories = state.cgroup_directories;
  if (sub_groups.empty()) follow_init(directories, layout, state.pid);
  for (const SubGroup& group : sub_groups) {
    if (group.controller) {
      TRY(go_below(directories, layout, group));
    } else {
      TRY(go_below(directories, group.path));
    }
  }
  return directories;
}

}  // namespace isle::runtime
