// The processes of a container. Its control group knows them all; a container that has none (an
// ordinary user's) is asked by descent, which misses what was orphaned out of a shared PID
// namespace.

#include <dirent.h>

#include "base/strings.h"
#include "kernel/cgroup/group.h"
#include "runtime/state/create.h"

namespace isle::runtime {

namespace {

// /proc/PID/task/TID/children of every thread: proc(5), CONFIG_PROC_CHILDREN.
void add_children(Pid parent, std::vector<Pid>& all) {
  const HostPath tasks(format("/proc/{}/task", parent.value));
  DIR* directory = opendir(tasks.c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    const Result<std::string> children = kernel::read_file(tasks / entry->d_name / "children");
    if (!children) continue;
    for (const std::string_view word : split(*children, ' ')) {
      const Result<long long> pid = parse_int(trim(word), "pid");
      if (pid) all.push_back({static_cast<pid_t>(*pid)});
    }
  }
  closedir(directory);
}

std::vector<Pid> descendants(Pid init) {
  std::vector<Pid> all = {init};
  for (std::size_t next = 0; next < all.size(); ++next) add_children(all[next], all);
  return all;
}

}  // namespace

Result<std::vector<Pid>> container_processes(const HostPath& root, std::string_view id) {
  const ContainerState state = TRY(load_state(root, id));
  if (!state.cgroup_directories.empty()) {
    return kernel::cgroup::Group::reopen(TRY(kernel::cgroup::detect_layout()),
                                         state.cgroup_directories)
        .processes();
  }
  if (!is_alive(state)) return std::vector<Pid>();
  return descendants(state.pid);
}

}  // namespace isle::runtime
