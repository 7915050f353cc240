// --cgroup-parent: under which control group the container's is made.
#include "base/strings.h"
#include "kernel/cgroup/group.h"
#include "options/rows.h"

namespace isle::options {

const Option kCgroupParent{
    .flag = {"cgroup-parent",
             0,
             Arity::Value,
             "PATH",
             "Make its control group below PATH (default /isle)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value.ends_with(".slice")) {
        return fail(ErrorKind::Unsupported,
                    format("--cgroup-parent {}: slices are systemd's to make", quoted(value)),
                    "give a path, such as /mine");
      }
      request.container.resources.cgroup_parent =
          TRY_STEP(kernel::cgroup::check_group_path(value), "--cgroup-parent");
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      const std::string& parent = container.resources.cgroup_parent;
      if (!builder.host.may_make_cgroups) {
        if (parent.empty()) return {};
        return fail(ErrorKind::Denied,
                    "--cgroup-parent: this user may not make control groups",
                    "have one delegated to you: with systemd, systemd-run --user --scope "
                    "-p Delegate=yes isle ...");
      }
      std::string path = format("{}/{}", parent.empty() ? "/isle" : parent, container.id);
      // A user's groups lie below the one that was delegated, which a relative path means.
      if (builder.host.delegated_cgroups) path.erase(0, 1);
      builder.linux_().cgroups_path = std::move(path);
      return {};
    },
};

}  // namespace isle::options
