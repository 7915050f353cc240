// --cgroup-conf and --rdt-class: what no flag of its own says about the control group, cgroups(7),
// and the class of caches and memory bandwidth (resctrl).
#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kCgroupConf{
    .flag = {"cgroup-conf",
             0,
             Arity::Value,
             "FILE=VALUE",
             "Write VALUE into FILE of its control group, such as memory.high=1073741824 (v2)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      auto [file, content] = TRY(parse_pair(value, "cgroup-conf", false));
      request.container.resources.unified[std::move(file)] = std::move(content);
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      if (container.resources.unified.empty()) return {};
      builder.resources().unified = container.resources.unified;
      return {};
    },
};

const Option kRdtClass{
    .flag = {"rdt-class",
             0,
             Arity::Value,
             "NAME",
             "Join a class of cache and memory bandwidth that is below /sys/fs/resctrl",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value.empty() || value.starts_with('.') || value.find('/') != std::string_view::npos) {
        return fail(ErrorKind::InvalidArgument,
                    format("--rdt-class: {} is no name of a class", quoted(value)),
                    "ls /sys/fs/resctrl shows them");
      }
      request.container.resources.rdt_class = value;
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      const std::string& name = container.resources.rdt_class;
      if (!name.empty()) builder.linux_().intel_rdt.emplace().clos_id = name;
      return {};
    },
};

}  // namespace isle::options
