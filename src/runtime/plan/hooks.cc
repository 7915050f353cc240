// Hooks of the runtime specification that run while the container is made (config.md,
// "POSIX-platform Hooks"): on the host's side after the namespaces are there, in the container's
// side before the root is changed. startContainer, poststart and poststop belong to the verbs start
// and delete.

#include "base/strings.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

void add_hooks(Builder& builder) {
  if (!builder.request.spec.hooks) return;
  const oci::Hooks& hooks = *builder.request.spec.hooks;
  const bool runtime_side = !hooks.prestart.empty() || !hooks.create_runtime.empty();
  if (!runtime_side && hooks.create_container.empty()) return;
  builder.init(op::Notify{.barrier = Barrier::RootMounted}, "tell the parent", "hooks come next");
  builder.parent(op::Await{.barrier = Barrier::RootMounted},
                 "wait for the mounts",
                 "hooks find them done, the root not yet changed");
  const auto add =
      [&](Actor actor, const char* kind, const std::vector<oci::Hook>& list, const char* why) {
        if (list.empty()) return;
        builder.add(
            actor, op::RunHooks{.kind = kind}, format("run {} {} hooks", list.size(), kind), why);
      };
  add(Actor::Parent, "prestart", hooks.prestart, "in the runtime's namespaces");
  add(Actor::Parent, "createRuntime", hooks.create_runtime, "in the runtime's namespaces");
  add(Actor::Stage, "createContainer", hooks.create_container, "in the container's namespaces");
  builder.parent(op::Notify{.barrier = Barrier::RootMounted}, "let init go on", "");
  builder.init(op::Await{.barrier = Barrier::RootMounted}, "wait for the hooks", "");
}

}  // namespace isle::runtime::plan
