// A "cgroup" mount shows what the host has: the one tree of v2, or a directory of v1 trees. With a
// cgroup namespace each begins at the container's own group (cgroup_namespaces(7)).

#include <sys/mount.h>

#include "base/strings.h"
#include "runtime/plan/cgroup.h"
#include "runtime/plan/mounts.h"

namespace isle::runtime::plan {

namespace {

class CgroupMountAdder {
 public:
  CgroupMountAdder(Builder& builder, const CgroupMount& mount) : builder_(builder), mount_(mount) {}

  Result<void> add() {
    const kernel::cgroup::Layout& layout = builder_.facts.cgroups;
    if (layout.hierarchies.empty()) {
      return fail(ErrorKind::Unsupported,
                  mount_.where + ": this host has no control groups mounted");
    }
    if (layout.kind() == "v2") return add_cgroup2(mount_.target);
    if (mount_.type == "cgroup2") {
      return fail(ErrorKind::Unsupported,
                  mount_.where + ": type cgroup2, but this host's controllers are on v1",
                  "use type \"cgroup\", which shows what the host has");
    }
    return add_cgroup1(layout);
  }

 private:
  Builder& builder_;
  const CgroupMount& mount_;

  Result<void> add_cgroup2(const std::string& target) {
    // Only the owner of the cgroup namespace may mount it: another user namespace binds its part.
    if (builder_.isolated(Kind::User) && !builder_.isolated(Kind::Cgroup)) {
      add_own_part(*builder_.facts.cgroups.v2(), target);
      return {};
    }
    // A mount from the host's cgroup namespace sets the options of the one tree anew, for the host
    // too (nsdelegate and memory_recursiveprot would be lost): what is mounted is bound.
    if (!builder_.isolated(Kind::Cgroup)) {
      builder_.init(op::BindMount{.source = builder_.facts.cgroups.v2()->mount,
                                  .recursive = true,
                                  .attrs = attribute_changes(mount_.options),
                                  .propagation = mount_.options.propagation,
                                  .target = target},
                    "bind the host's control groups on " + target,
                    "the container shares the host's cgroup namespace");
      return {};
    }
    builder_.init(op::MountFs{.type = "cgroup2",
                              .source = "cgroup",
                              .parameters = {},
                              .attrs = attribute_changes(mount_.options),
                              .propagation = mount_.options.propagation,
                              .target = target},
                  "mount " + target,
                  "the container sees its own control group");
    return {};
  }

  Result<void> add_cgroup1(const kernel::cgroup::Layout& layout) {
    builder_.init(op::MountFs{.type = "tmpfs",
                              .source = "cgroup",
                              .parameters = {{.key = "mode", .value = "755"}},
                              .attrs = {},
                              .propagation = {},
                              .target = mount_.target},
                  "mount " + mount_.target,
                  "holds a directory for each v1 hierarchy");
    for (const kernel::cgroup::Hierarchy& hierarchy : layout.hierarchies) {
      // Where it has no group its namespace begins at the host's own: that would be the view, and
      // writable.
      if (builder_.isolated(Kind::Cgroup) && !joined(hierarchy)) continue;
      const std::size_t slash = hierarchy.mount.rfind('/');
      const std::string target = mount_.target + "/" + hierarchy.mount.substr(slash + 1);
      if (hierarchy.version == kernel::cgroup::Version::V2) {
        TRY(add_cgroup2(target));
      } else {
        add_hierarchy(hierarchy, target);
      }
    }
    if (mount_.options.attributes.set & MOUNT_ATTR_RDONLY) {
      builder_.init(op::SetAttr{.target = mount_.target,
                                .attrs = attribute_changes(mount_.options),
                                .propagation = {}},
                    "make " + mount_.target + " read-only",
                    "nobody adds hierarchies there");
    }
    return {};
  }

  void add_hierarchy(const kernel::cgroup::Hierarchy& hierarchy, const std::string& target) {
    // Without a cgroup namespace a mount would show the host's tree: the own part is bound instead,
    // and nothing where the container has no part.
    if (!builder_.isolated(Kind::Cgroup)) return add_own_part(hierarchy, target);
    std::vector<kernel::MountParameter> parameters;
    for (const std::string& name : hierarchy_options(hierarchy)) {
      const Cut parts = cut(name, '=');
      parameters.push_back(
          {.key = std::string(parts.before),
           .value = parts.found ? std::optional(std::string(parts.after)) : std::nullopt});
    }
    builder_.init(op::MountFs{.type = "cgroup",
                              .source = "cgroup",
                              .parameters = std::move(parameters),
                              .attrs = attribute_changes(mount_.options),
                              .propagation = mount_.options.propagation,
                              .target = target},
                  "mount " + target,
                  "the container's part of this hierarchy");
  }

  void add_own_part(const kernel::cgroup::Hierarchy& hierarchy, const std::string& target) {
    if (!joined(hierarchy)) {
      // podman --systemd=always binds the host's tree there, when this tmpfs is read-only already.
      if (hierarchy.controllers.has(kernel::cgroup::Controller::Systemd)) {
        builder_.init(op::MakeDirectory{.path = target}, "make " + target, "engines mount over it");
      }
      return;
    }
    const std::string own = hierarchy.directory(cgroup_place(*builder_.result.cgroup, hierarchy));
    builder_.init(op::BindMount{.source = own,
                                .recursive = false,
                                .attrs = attribute_changes(mount_.options),
                                .propagation = mount_.options.propagation,
                                .target = target},
                  "bind " + own + " on " + target,
                  "the container's part of this hierarchy");
  }

  bool joined(const kernel::cgroup::Hierarchy& hierarchy) const {
    if (!builder_.result.cgroup) return false;
    return !(hierarchy.controllers & builder_.result.cgroup->join).empty();
  }

  // The words that mount exactly this hierarchy: its controllers, or its name.
  static std::vector<std::string> hierarchy_options(const kernel::cgroup::Hierarchy& hierarchy) {
    std::vector<std::string> names;
    for (const kernel::cgroup::Controller controller : kernel::cgroup::kControllers) {
      if (!hierarchy.controllers.has(controller)) continue;
      if (controller == kernel::cgroup::Controller::Systemd) names.emplace_back("none");
      names.emplace_back(kernel::cgroup::v1_name(controller));
    }
    return names;
  }
};

}  // namespace

Result<void> add_cgroup_mount(Builder& builder, const CgroupMount& mount) {
  return CgroupMountAdder(builder, mount).add();
}

}  // namespace isle::runtime::plan
