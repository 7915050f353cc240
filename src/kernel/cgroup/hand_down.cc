// A v2 group has a controller's files only if every ancestor names the controller in
// cgroup.subtree_control. A group that does so may hold no processes (the real root excepted): for
// memory and io the kernel refuses with EBUSY; for cpu, cpuset and pids it accepts, and the group
// below becomes "domain invalid", which no process can enter. Both are told at once, since no
// retry helps while the processes stay. A v1 cpuset starts empty and takes no process until it has
// both cpus and memory nodes.

#include <cerrno>

#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/group_tree.h"

namespace isle::kernel::cgroup {

namespace {

ControllerSet parse_set(std::string_view text) {
  ControllerSet set;
  for (const std::string_view name : split(trim(text), ' ')) {
    if (const auto found = controller_of_v2(name)) set.add(*found);
  }
  return set;
}

Result<ControllerSet> read_set(const std::string& directory, const std::string& file) {
  return parse_set(TRY(read_group_file(directory, file)).value_or(""));
}

std::string plus_words(ControllerSet set) {
  std::string text;
  for (const Controller controller : kControllers) {
    if (!set.has(controller)) continue;
    if (!text.empty()) text += ' ';
    text += '+';
    text += to_string(controller);
  }
  return text;
}

std::unexpected<Error> occupied(const std::string& parent, std::size_t count, ControllerSet set) {
  std::string hint = "move its processes to a group below it, or choose another parent";
  if (geteuid() != 0) {
    hint += "; with systemd: systemd-run --user --scope -p Delegate=yes COMMAND";
  }
  return fail(ErrorKind::Conflict,
              format("control group {} has {} {} of its own, so it cannot hand the {} "
                     "controller to groups below",
                     quoted(parent),
                     count,
                     count == 1 ? "process" : "processes",
                     set.words()),
              std::move(hint));
}

Error explain(const std::string& parent, ControllerSet set, Error error) {
  if (error.errnum != ENOENT) return error;
  error.message = format(
      "control group {} was not given the {} controller itself", quoted(parent), set.words());
  error.hint = "enable it in cgroup.subtree_control of the groups above, or drop the limit";
  return error;
}

// How many processes keep `parent` from handing controllers down; the real root, which alone has
// no cgroup.events, may have any number.
Result<std::size_t> obstacles(const std::string& parent) {
  const std::string text = TRY(read_group_file(parent, "cgroup.procs")).value_or("");
  if (text.empty() || !TRY(read_group_file(parent, "cgroup.events"))) return 0;
  return split(trim(text), '\n').size();
}

// All at once; else the required ones, and of the others each that can be had.
Result<void> enable(const std::string& parent, ControllerSet wanted, ControllerSet required) {
  const ControllerSet missing = wanted - TRY(read_set(parent, "cgroup.subtree_control"));
  if (missing.empty()) return {};
  const ControllerSet needed = missing & required;
  if (const std::size_t count = TRY(obstacles(parent)); count > 0) {
    if (needed.empty()) return {};
    return occupied(parent, count, needed);
  }
  const auto put = [&parent](ControllerSet set) {
    return write_group_file("unified", parent, "cgroup.subtree_control", plus_words(set));
  };
  if (put(missing)) return {};
  if (!needed.empty()) {
    Result<void> written = put(needed);
    if (!written) return std::unexpected(explain(parent, needed, std::move(written).error()));
  }
  for (const Controller controller : kControllers) {
    if ((missing - needed).has(controller)) static_cast<void>(put({controller}));
  }
  return {};
}

Result<void> copy_from_parent(const std::string& parent,
                              const std::string& directory,
                              const std::string& file) {
  const auto own = TRY(read_group_file(directory, file));
  if (!own || !trim(*own).empty()) return {};
  const std::string value = TRY(read_group_file(parent, file)).value_or("");
  return write_group_file("cpuset", directory, file, trim(value));
}

}  // namespace

Result<void> hand_down(const std::string& mount,
                       const std::string& directory,
                       ControllerSet wanted,
                       ControllerSet required) {
  for (const Controller controller : kControllers) {
    if (built_into_v2(controller)) {
      wanted.remove(controller);
      required.remove(controller);
    }
  }
  if (wanted.empty()) return {};
  const ControllerSet present = TRY(read_set(directory, "cgroup.controllers"));
  if ((wanted - present).empty()) return {};
  std::string parent = mount;
  for (const std::string& level : levels(mount, directory)) {
    TRY(enable(parent, wanted, required));
    parent = level;
  }
  return {};
}

Result<void> fill_cpuset(const std::string& mount, const std::string& directory) {
  std::string parent = mount;
  for (const std::string& level : levels(mount, directory)) {
    TRY(copy_from_parent(parent, level, "cpuset.cpus"));
    TRY(copy_from_parent(parent, level, "cpuset.mems"));
    parent = level;
  }
  return {};
}

}  // namespace isle::kernel::cgroup
