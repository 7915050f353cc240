#include "runtime/plan/live_mounts.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#include <algorithm>

#include "base/strings.h"
#include "runtime/plan/builder.h"

namespace isle::runtime {

namespace {

using plan::Builder;
using plan::call;

bool has_user_namespace(const LiveMountsRequest& request) {
  return std::ranges::find(request.namespaces, "user") != request.namespaces.end();
}

Result<void> check(const oci::Mount& mount, std::size_t index) {
  if (mount.destination.empty()) {
    return fail(ErrorKind::InvalidArgument, format("mounts[{}].destination: is empty", index));
  }
  if (mount.type == "cgroup" || mount.type == "cgroup2") {
    return fail(ErrorKind::Unsupported,
                format("mounts[{}]: control groups are not mounted later", index),
                "name the mount in config.json");
  }
  const bool copies = std::ranges::find(mount.options, "tmpcopyup") != mount.options.end();
  if (copies) {
    return fail(ErrorKind::Unsupported,
                format("mounts[{}]: tmpcopyup is not done in a running container", index),
                "what is there may change under the copy");
  }
  return {};
}

// Below / and /proc stands what hides the host and what settings were checked against.
Result<void> check_removal(const oci::Mount& mount, std::size_t index) {
  const std::string path = plan::clean_path(mount.destination);
  if (path != "/" && path != "/proc" && !path.starts_with("/proc/") && path != "/sys" &&
      !path.starts_with("/sys/")) {
    return {};
  }
  return fail(ErrorKind::Denied,
              format("mounts[{}].destination: {} is not taken off", index, quoted(path)),
              "it keeps parts of the host from the container");
}

// The process, inside, with the container's root as its own.
void add_entry(LaunchPlan& plan, const LiveMountsRequest& request) {
  plan.id = request.id;
  plan.uses_stage = true;
  plan.ends_by_itself = true;
  plan.steps.push_back({.actor = Actor::Parent,
                        .operation = op::Clone{.makes_stage = true},
                        .what = "start the stage",
                        .why = "the runtime itself stays outside"});
  plan::add_entering_stage(plan, request.namespaces);
}

void add_root(Builder& builder, const LiveMountsRequest& request) {
  builder.init(op::ChangeRoot{.root = {.kind = SlotKind::ExecRoot}},
               "change the root",
               "to the root of the container's init");
  if (!has_user_namespace(request)) return;
  // Directories that have to be made are the container's root's, where it has one.
  for (const auto& [number, text] : {std::pair(SYS_setresgid, "setresgid(0, 0, 0)"),
                                     std::pair(SYS_setresuid, "setresuid(0, 0, 0)")}) {
    op::Call become = call(number, text, {0UL, 0UL, 0UL});
    become.tolerated_errno = 22;  // EINVAL: nobody is mapped to 0
    builder.init(std::move(become), "become the container's root", "what is made is its own");
  }
}

void add_end(Builder& builder) {
  builder.init(call(SYS_exit_group, "exit_group(0)", {0UL}), "end", "all is done");
}

}  // namespace

Result<LaunchPlan> plan_mounts(const LiveMountsRequest& request, const HostFacts& facts) {
  static const oci::Linux kNoLinux;
  const PlanRequest spec{
      .id = request.id, .bundle = request.bundle, .spec = {.mounts = request.mounts}};
  Builder builder{.request = spec,
                  .facts = facts,
                  .linux_ = request.spec->linux_ ? *request.spec->linux_ : kNoLinux,
                  .result = {}};
  builder.sources_from_parent = true;
  for (std::size_t i = 0; i < request.mounts.size(); ++i) TRY(check(request.mounts[i], i));
  LaunchPlan entry;
  add_entry(entry, request);
  add_root(builder, request);
  TRY(plan::add_mounts(builder));
  add_end(builder);
  // The host's trees are opened before anybody goes inside.
  LaunchPlan& result = builder.result;
  std::ranges::move(entry.steps, std::back_inserter(builder.early_parent_steps));
  result.steps.insert(result.steps.begin(),
                      std::make_move_iterator(builder.early_parent_steps.begin()),
                      std::make_move_iterator(builder.early_parent_steps.end()));
  result.id = std::move(entry.id);
  result.uses_stage = entry.uses_stage;
  result.ends_by_itself = entry.ends_by_itself;
  return std::move(result);
}

Result<LaunchPlan> plan_unmounts(const LiveMountsRequest& request) {
  static const HostFacts kNoFacts;
  static const oci::Linux kNoLinux;
  const PlanRequest spec{.id = request.id};
  Builder builder{.request = spec, .facts = kNoFacts, .linux_ = kNoLinux, .result = {}};
  add_entry(builder.result, request);
  add_root(builder, request);
  for (std::size_t i = request.mounts.size(); i-- > 0;) {
    TRY(check_removal(request.mounts[i], i));
    const std::string path = plan::clean_path(request.mounts[i].destination);
    const std::uint64_t flags = MNT_DETACH | UMOUNT_NOFOLLOW;
    builder.init(call(SYS_umount2, format("umount2({}, MNT_DETACH)", path), {path, flags}),
                 "unmount " + path,
                 "who uses it keeps it until then");
  }
  add_end(builder);
  return std::move(builder.result);
}

}  // namespace isle::runtime
