// update: the same conversion from the specification to files as create (runtime/plan/cgroup.cc),
// with what the group has now taken into account: the kernel refuses some orders of writes.

#include "runtime/state/update.h"

#include <algorithm>
#include <cerrno>
#include <ranges>

#include "base/strings.h"
#include "kernel/cgroup/group.h"
#include "kernel/cgroup/stats.h"
#include "kernel/resctrl.h"
#include "runtime/plan/cgroup.h"
#include "runtime/state/create.h"
#include "runtime/state/files.h"
#include "runtime/state/resctrl.h"
#include "runtime/state/scope.h"

namespace isle::runtime {

using kernel::cgroup::Controller;
using kernel::cgroup::ControllerSet;
using kernel::cgroup::Group;
using kernel::cgroup::Layout;

namespace {

std::optional<std::int64_t> limit_in(const std::optional<std::string>& text) {
  const kernel::cgroup::Count value =
      text ? kernel::cgroup::parse_limit(cut(trim(*text), ' ').before) : std::nullopt;
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

Result<plan::CgroupNow> read_now(const Group& group, const Layout& layout) {
  const bool memory_v2 = layout.on_v2(Controller::Memory);
  const bool cpu_v2 = layout.on_v2(Controller::Cpu);
  const auto usage =
      TRY(group.read(Controller::Memory, memory_v2 ? "memory.current" : "memory.usage_in_bytes"));
  const auto limit =
      TRY(group.read(Controller::Memory, memory_v2 ? "memory.max" : "memory.limit_in_bytes"));
  const auto swap = TRY(group.read(Controller::Memory, "memory.memsw.limit_in_bytes"));
  const auto quota = TRY(group.read(Controller::Cpu, cpu_v2 ? "cpu.max" : "cpu.cfs_quota_us"));
  return plan::CgroupNow{.memory_usage = limit_in(usage),
                         .memory_limit = limit_in(limit),
                         .memory_swap_limit = limit_in(swap),
                         .cpu_quota = limit_in(quota)};
}

// One write after the other; what they replaced is put back when one fails.
class Writer {
 public:
  explicit Writer(const Group& group) : group_(group) {}

  Result<void> write_all(const std::vector<plan::CgroupWrite>& writes) {
    for (const plan::CgroupWrite& write : writes) {
      std::optional<plan::CgroupWrite> before = TRY(read_before(write));
      Result<bool> written = group_.apply(write);
      if (!written) {
        take_back();
        return std::unexpected(std::move(written).error());
      }
      if (before) undo_.push_back(std::move(*before));
    }
    return {};
  }

 private:
  const Group& group_;
  std::vector<plan::CgroupWrite> undo_;

  // None for tables of several lines: their other lines are not ours to write.
  Result<std::optional<plan::CgroupWrite>> read_before(const plan::CgroupWrite& write) const {
    plan::CgroupWrite before = write;
    auto text = TRY(read(write, write.file));
    if (!text && !write.else_file.empty()) {
      before.file = write.else_file;
      text = TRY(read(write, write.else_file));
    }
    if (!text || trim(*text).find('\n') != std::string_view::npos) return std::nullopt;
    before.else_file = before.else_value = {};
    // An empty list (v2's cpuset.cpus) is written as an empty line.
    before.value = trim(*text).empty() ? "\n" : std::string(trim(*text));
    return before;
  }

  Result<std::optional<std::string>> read(const plan::CgroupWrite& write,
                                          const std::string& file) const {
    return write.v2 ? group_.read_v2(file) : group_.read(write.controller, file);
  }

  void take_back() {
    for (const plan::CgroupWrite& write : undo_ | std::views::reverse) {
      static_cast<void>(group_.apply(write));
    }
  }
};

class Update {
 public:
  Update(const HostPath& root,
         std::string_view id,
         const oci::Resources& change,
         const CacheShares& shares)
      : root_(root), id_(id), change_(change), shares_(shares) {}

  Result<std::vector<std::string>> run() {
    const kernel::UniqueFd lock = TRY(lock_container(root_, id_));
    state_ = TRY(load_state(root_, id_));
    TRY(check());
    oci::Spec spec = TRY(load_config(root_, id_));
    layout_ = TRY(kernel::cgroup::detect_layout());
    const Group group = Group::reopen(layout_, state_.cgroup_directories);
    const std::string path = TRY(path_of_group());
    const plan::CgroupPlan planned =
        TRY(plan::plan_cgroup(with_swap(spec),
                              path,
                              layout_,
                              {.restrict_devices = false, .now = TRY(read_now(group, layout_))}));
    if (!state_.updated) {
      state_.updated = true;
      TRY(save_state(root_, state_));
    }
    ResctrlChange cache(kernel::find_resctrl(), state_.id);
    TRY(cache.apply(spec, shares_, [&group] { return group.processes(); }));
    if (Result<void> limited = limit(planned, path, group); !limited) {
      cache.take_back();
      return std::unexpected(std::move(limited).error());
    }
    if (!spec.linux_) spec.linux_.emplace();
    if (!spec.linux_->resources) spec.linux_->resources.emplace();
    merge_resources(*spec.linux_->resources, change_);
    TRY(replace_config(root_, id_, spec));
    return planned.warnings;
  }

 private:
  const HostPath& root_;
  std::string_view id_;
  const oci::Resources& change_;
  const CacheShares& shares_;
  ContainerState state_;
  Layout layout_;

  Result<void> limit(const plan::CgroupPlan& planned, const std::string& path, const Group& group) {
    TRY(join(path, planned.required, group));
    // First, as systemd writes the files it is told of, some rounded.
    TRY(set_scope(state_, planned.writes));
    return Writer(Group::reopen(layout_, state_.cgroup_directories)).write_all(planned.writes);
  }

  Result<void> check() const {
    const Status status = status_of(state_);
    if (status == Status::Stopped || status == Status::Creating) {
      return fail(ErrorKind::Conflict,
                  format("container not running: {} is {}", quoted(id_), to_string(status)));
    }
    if (state_.cgroup_directories.empty()) {
      return fail(
          ErrorKind::Unsupported,
          format("container {} has no control group to set limits in", quoted(id_)),
          "it was made without one: by an ordinary user, or with --cgroup-manager disabled");
    }
    return {};
  }

  // The same in every hierarchy.
  Result<std::string> path_of_group() const {
    for (const std::string& directory : state_.cgroup_directories) {
      const kernel::cgroup::Hierarchy* tree = layout_.holding(directory);
      if (tree != nullptr) return directory.substr(tree->mount.size());
    }
    return fail(ErrorKind::Unsupported,
                format("the control groups of container {} are not mounted here", quoted(id_)));
  }

  // v2 limits swap alone, the specification memory and swap together: with another memory limit the
  // same sum is another limit of swap.
  oci::Resources with_swap(const oci::Spec& spec) const {
    oci::Resources wanted = change_;
    if (!wanted.memory || wanted.memory->limit.value_or(0) <= 0 ||
        wanted.memory->swap.value_or(0) != 0) {
      return wanted;
    }
    const bool known = spec.linux_ && spec.linux_->resources && spec.linux_->resources->memory;
    if (known) wanted.memory->swap = spec.linux_->resources->memory->swap;
    return wanted;
  }

  // Makes and joins the groups that create had no reason for. They are in the state first.
  Result<void> join(const std::string& path, ControllerSet required, const Group& group) {
    Group needed = TRY(Group::at(layout_, path, required));
    std::vector<std::string> fresh;
    for (const std::string& directory : needed.directories()) {
      if (std::ranges::find(state_.cgroup_directories, directory) ==
          state_.cgroup_directories.end()) {
        fresh.push_back(directory);
      }
    }
    if (!fresh.empty()) {
      state_.cgroup_directories.insert(state_.cgroup_directories.end(), fresh.begin(), fresh.end());
      TRY(save_state(root_, state_));
    }
    TRY(needed.create({.required = required, .join_existing = true}));
    if (fresh.empty()) return {};
    return bring_in(group, Group::reopen(layout_, fresh));
  }

  // A process may fork between the list and the write: until no new one shows up.
  static Result<void> bring_in(const Group& all, const Group& into) {
    std::vector<Pid> known;
    for (bool found = true; found;) {
      found = false;
      for (const Pid pid : TRY(all.processes())) {
        if (std::ranges::find(known, pid) != known.end()) continue;
        const Result<void> attached = into.attach(pid, kernel::cgroup::Group::Part::Both);
        if (!attached && attached.error().errnum != ESRCH) return attached;
        known.push_back(pid);
        found = true;
      }
    }
    return {};
  }
};

}  // namespace

Result<std::vector<std::string>> update_container(const HostPath& root,
                                                  std::string_view id,
                                                  const oci::Resources& change,
                                                  const CacheShares& shares) {
  return Update(root, id, change, shares).run();
}

}  // namespace isle::runtime
