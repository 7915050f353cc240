#include "runtime/state/live_mounts.h"

#include <algorithm>

#include "base/strings.h"
#include "kernel/process.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/launch/launch.h"
#include "runtime/plan/live_mounts.h"
#include "runtime/state/create.h"
#include "runtime/state/files.h"

namespace isle::runtime {

namespace {

// Does the plan inside the container and waits for its end.
Result<void> perform(const LaunchPlan& plan, const ContainerState& state) {
  launch::LaunchIo io{.start_listener = {},
                      .seccomp_cache = {},
                      .state_json = {},
                      .target = state.pid,
                      .target_start = state.pid_start};
  const launch::Launched launched = TRY(launch::launch(plan, std::move(io)));
  TRY(kernel::wait_for(launched.pidfd.get()));
  return {};
}

struct Target {
  kernel::UniqueFd lock;
  ContainerState state;
  oci::Spec spec;
};

Result<Target> open_target(const HostPath& root, std::string_view id) {
  Target target;
  target.lock = TRY(lock_container(root, id));
  target.state = TRY(load_state(root, id));
  const Status status = status_of(target.state);
  if (status != Status::Running && status != Status::Created) {
    return fail(ErrorKind::Conflict,
                format("container not running: {} is {}", quoted(id), to_string(status)),
                status == Status::Paused ? "resume it first" : "");
  }
  const auto& namespaces = target.state.namespaces;
  if (std::ranges::find(namespaces, "mount") == namespaces.end()) {
    return fail(ErrorKind::Unsupported,
                format("container {} has no mount namespace of its own", quoted(id)),
                "what is mounted there is the host's");
  }
  target.spec = TRY(load_config(root, id));
  return target;
}

LiveMountsRequest request_of(const Target& target, const std::vector<oci::Mount>& mounts) {
  return {.id = target.state.id,
          .bundle = target.state.bundle,
          .mounts = mounts,
          .spec = &target.spec,
          .namespaces = target.state.namespaces};
}

}  // namespace

Result<void> add_mounts(const HostPath& root,
                        std::string_view id,
                        const std::vector<oci::Mount>& mounts) {
  Target target = TRY(open_target(root, id));
  const HostFacts facts = TRY(gather_facts());
  // All are checked before one is made.
  TRY(plan_mounts(request_of(target, mounts), facts));
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const LaunchPlan plan = TRY(plan_mounts(request_of(target, {mounts[i]}), facts));
    Result<void> made = perform(plan, target.state);
    if (made) continue;
    const std::vector<oci::Mount> before(mounts.begin(),
                                         mounts.begin() + static_cast<std::ptrdiff_t>(i));
    const Result<LaunchPlan> undo = plan_unmounts(request_of(target, before));
    if (undo && i > 0) static_cast<void>(perform(*undo, target.state));
    return std::unexpected(std::move(made).error().within(format("mounts[{}]", i)));
  }
  target.spec.mounts.insert(target.spec.mounts.end(), mounts.begin(), mounts.end());
  return replace_config(root, id, target.spec);
}

Result<void> remove_mounts(const HostPath& root,
                           std::string_view id,
                           const std::vector<oci::Mount>& mounts) {
  Target target = TRY(open_target(root, id));
  TRY(perform(TRY(plan_unmounts(request_of(target, mounts))), target.state));
  for (const oci::Mount& mount : mounts) {
    auto& all = target.spec.mounts;
    const auto last = std::find_if(all.rbegin(), all.rend(), [&](const oci::Mount& one) {
      return one.destination == mount.destination;
    });
    if (last != all.rend()) all.erase(std::next(last).base());
  }
  return replace_config(root, id, target.spec);
}

}  // namespace isle::runtime
