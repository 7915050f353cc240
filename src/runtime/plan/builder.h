#pragma once
// The plan under construction, and the parts of make_plan, one file each, in the order in which
// they are called. Internal to runtime/plan.

#include <string>
#include <utility>

#include "runtime/plan/make_plan.h"

namespace isle::runtime::plan {

enum class Kind : std::uint8_t { Mount, Uts, Ipc, Network, Pid, User, Cgroup, Time };
inline constexpr unsigned kKinds = 8;

enum class Origin : std::uint8_t { Shared, New, Joined };

struct Builder {
  const PlanRequest& request;
  const HostFacts& facts;
  const oci::Linux& linux_;
  LaunchPlan result;
  Origin origin[kKinds] = {};
  unsigned slot[kKinds] = {};  // of a joined one: index in LaunchPlan::joined
  unsigned trees = 0;
  std::vector<Step> early_parent_steps;  // found out late, done before the clone
  bool uses_stage = false;
  std::optional<op::StartScope> scope;
  bool cloned_into_cgroup = false;  // v2: CLONE_INTO_CGROUP
  bool joins_v1 = false;
  bool sources_from_parent = false;  // of mounts made later: init is inside already

  Origin of(Kind kind) const { return origin[static_cast<unsigned>(kind)]; }
  bool is_new(Kind kind) const { return of(kind) == Origin::New; }
  bool isolated(Kind kind) const { return of(kind) != Origin::Shared; }
  bool shared_root() const { return linux_.rootfs_propagation.ends_with("shared"); }
  // A new user namespace whose maker is privileged outside: what init cannot reach any more is
  // opened by the parent beforehand. So are the trees of a root that is to be shared: copied there
  // they keep their peers on the host, while init's own view of the host is cut off before its root
  // is unmounted.
  bool parent_opens_sources() const {
    return sources_from_parent || ((is_new(Kind::User) || shared_root()) && facts.privileged());
  }
  const oci::Process* process() const {
    return request.spec.process ? &*request.spec.process : nullptr;
  }

  void add(Actor actor, Operation operation, std::string what, std::string why) {
    result.steps.push_back({.actor = actor,
                            .operation = std::move(operation),
                            .what = std::move(what),
                            .why = std::move(why)});
  }
  void init(Operation operation, std::string what, std::string why) {
    add(Actor::Init, std::move(operation), std::move(what), std::move(why));
  }
  void parent(Operation operation, std::string what, std::string why) {
    add(Actor::Parent, std::move(operation), std::move(what), std::move(why));
  }
  void warn(std::string_view text) { result.warnings.emplace_back(text); }
};

// A system call with numbers only.
op::Call call(long number, std::string text, std::vector<op::CallArgument> arguments);

// namespaces.cc
// CLONE_NEW... of an OCI type such as "network"; 0 if there is no such type.
std::uint64_t namespace_flag(std::string_view type);
Result<void> read_namespaces(Builder& builder);
void add_processes(Builder& builder);       // stage, clone, id maps, barrier
void add_own_namespaces(Builder& builder);  // what init joins or unshares itself
// cgroup_steps.cc
Result<void> add_cgroup(Builder& builder);
void add_cgroup_attach(Builder& builder);
// The group in one hierarchy, from the root of what is mounted.
std::string cgroup_place(const CgroupPlan& cgroup, const kernel::cgroup::Hierarchy& hierarchy);
// root.cc
Result<void> add_source_trees(Builder& builder);  // parent's, before the clone
Result<void> add_root(Builder& builder);
void add_root_change(Builder& builder);
// mounts.cc
Result<void> add_mounts(Builder& builder);
// What the options ask of mount_setattr(2).
std::vector<AttrChange> attribute_changes(const kernel::MountOptions& options);
// made_trees.cc: file systems that only the host's side can mount
void join_lower_layers(std::vector<kernel::MountParameter>& parameters);
bool is_made_by_parent(const Builder& builder, const oci::Mount& mount);
Result<void> add_made_tree(Builder& builder,
                           const oci::Mount& mount,
                           const kernel::MountOptions& options,
                           const std::string& target);
// "/a/./b/../c" -> "/a/c", as the container writes its paths.
std::string clean_path(std::string_view path);
// exec_plan.cc: a stage that enters a running container's namespaces and clones init there
void add_entering_stage(LaunchPlan& plan, const oci::Strings& namespaces);
// devices.cc
Result<void> add_devices(Builder& builder);
// hide.cc
void add_masks(Builder& builder);
// system.cc: host name, sysctls
Result<void> add_system(Builder& builder);
// hooks.cc
void add_hooks(Builder& builder);
// net_devices.cc: refused without a network namespace of its own, or without the right to move
Result<void> check_net_devices(const Builder& builder);
void add_net_devices(Builder& builder);  // once init is there
// network.cc: what isle itself connects the container to
Result<void> check_wiring(const Builder& builder);
void add_wiring(Builder& builder);
// resctrl.cc
Result<void> check_resctrl(const Builder& builder);
void add_resctrl(Builder& builder);
// make_plan.cc: shared with exec
Step find_agent_step(const oci::Seccomp& seccomp);
// tuning.cc: scheduler, disk priority, memory policy, execution domain; shared with exec
Result<void> add_tuning(LaunchPlan& plan,
                        const oci::Process& process,
                        const std::optional<oci::MemoryPolicy>& memory_policy,
                        const std::optional<oci::Personality>& personality);
// process.execCPUAffinity, which is exec's alone: for a first process it is only read.
Result<void> check_affinity(const oci::Process& process);
Result<void> add_initial_affinity(LaunchPlan& plan, const oci::Process& process);
Result<void> add_final_affinity(LaunchPlan& plan, const oci::Process& process);
// process.cc: what becomes of the process itself; shared with exec
struct ProcessContext {
  const oci::Process& process;
  const HostFacts& facts;
  const std::optional<oci::Seccomp>& seccomp;
  bool new_or_joined_user_namespace = false;
  bool has_command = true;  // false: it only holds the container until start is refused
  bool wait_for_start = false;
  bool kill_with_parent = false;
  unsigned preserve_fds = 0;
  bool keep_sys_chroot = true;
  bool is_seen_by_others = false;  // processes of other containers share its PID namespace
};
Result<void> add_process(LaunchPlan& plan, const ProcessContext& context);

}  // namespace isle::runtime::plan
