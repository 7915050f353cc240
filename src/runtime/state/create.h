#pragma once
// The verb "create", shared by islet (create, run) and isle-monitor: plan, launch, remember.

#include <vector>

#include "runtime/plan/make_plan.h"
#include "runtime/state/container.h"

namespace isle::runtime {

struct CreateRequest {
  HostPath root;  // the runtime's state directory
  std::string id;
  HostPath bundle;                // holds config.json
  std::optional<oci::Spec> spec;  // wins over config.json
  std::string config;  // the text that `spec` was read from, to be kept; else it is written
  bool wait_for_start = false;  // init stops before exec until start_container
  bool no_pivot = false;
  bool no_new_keyring = false;
  unsigned preserve_fds = 0;  // descriptors 3 .. 3+N-1 stay open
  HostPath pid_file;
  std::string own_directory;      // made in the container's state directory, for a mount of `spec`
  int stdio[3] = {0, 1, 2};       // what becomes the command's; a terminal replaces them
  bool kill_with_parent = false;  // init dies when the calling process dies (PR_SET_PDEATHSIG)
  bool measure = false;           // note the time each step took
  std::string default_cgroup_prefix = "/islet-";  // and the id: when the spec names no path
  std::optional<bool> make_cgroups;      // false: none; true: not being able to is an error
  bool systemd_cgroup = false;           // systemd makes them
  std::optional<record::Wiring> wiring;  // how its network is made
};

// What the maker of a container knows, and its removal would have to find out once more.
struct Remains {
  std::optional<kernel::cgroup::Group> group;
  std::optional<oci::Spec> spec;
};

struct CreatedContainer {
  ContainerState state;
  Remains remains;
  kernel::UniqueFd pidfd;    // of init
  kernel::UniqueFd console;  // master, when process.terminal
  kernel::UniqueFd names;    // to be kept open: isle-dns serves it until then
  LaunchPlan plan;
  // With `measure`: ns that each step of the plan took, 0 if it has not run here.
  std::vector<std::int64_t> step_times;
  std::vector<std::string> warnings;
};

// On failure nothing is left: no process, cgroup, mount or state.
Result<CreatedContainer> create_container(CreateRequest request);

struct BundleConfig {
  oci::Spec spec;
  std::string text;
};
// Reads bundle/config.json, or another file; unknown members come back as warnings.
Result<BundleConfig> read_bundle(const HostPath& bundle,
                                 std::vector<std::string>& warnings,
                                 std::string_view config = "config.json");

// The spec that a container was made from.
Result<oci::Spec> load_config(const HostPath& root, std::string_view id);

// Lets a created container's init exec; the error of a failing exec is returned.
Result<void> start_container(const HostPath& root, std::string_view id);

// Sends `signal`; `all` to every process of its cgroup. Conflict when it has stopped.
Result<void> kill_container(const HostPath& root, std::string_view id, int signal, bool all);

// Ends what is left in a container's control groups and removes them.
Result<void> remove_group(const ContainerState& state);

// Removes a stopped container's cgroup and state; `force` kills it first. With `force` an absent
// container is no error.
Result<void> delete_container(const HostPath& root, std::string_view id, bool force);
// The same, by force, for who made it and waited for its end. If the name is another's by now, that
// one is left alone.
Result<void> delete_own_container(const HostPath& root,
                                  const ContainerState& made,
                                  const Remains& remains);

// A group below the container's own: in the hierarchy of a controller, or wherever it is.
struct SubGroup {
  std::optional<kernel::cgroup::Controller> controller;
  std::string path;
};

struct ExecRequest {
  HostPath root;
  std::string id;
  oci::Process process;
  unsigned preserve_fds = 0;
  HostPath pid_file;
  int stdio[3] = {0, 1, 2};
  bool measure = false;
  std::vector<SubGroup> sub_groups;  // none: the container's own group
  bool ignore_paused = false;        // in a paused container: starts once that is resumed
};
struct ExecutedProcess {
  Pid pid;
  kernel::UniqueFd pidfd;
  kernel::UniqueFd console;
  LaunchPlan plan;
  std::vector<std::int64_t> step_times;
  std::vector<std::string> warnings;
};
// Starts one more process in a running container; it is a child of the caller.
Result<ExecutedProcess> exec_in_container(const ExecRequest& request);

// All that are in a container now, by its control group; without one, init and what descends from
// it.
Result<std::vector<Pid>> container_processes(const HostPath& root, std::string_view id);

Result<void> pause_container(const HostPath& root, std::string_view id);
Result<void> resume_container(const HostPath& root, std::string_view id);

}  // namespace isle::runtime
