// --cgroupns: whether the container sees its control group as the root, cgroup_namespaces(7).
#include "options/namespace_mode.h"
#include "options/rows.h"

namespace isle::options {

const Option kCgroupns{
    .flag = {"cgroupns",
             0,
             Arity::Value,
             "MODE",
             "Control group namespace: private (default), host, container:NAME, ns:PATH",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.cgroup = TRY(check_mode("cgroupns", value));
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      return add_namespace_mode(builder, "cgroup", read_mode(container.namespaces.cgroup));
    },
};

}  // namespace isle::options
