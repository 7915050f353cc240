// --cpuset-cpus and --cpuset-mems: which CPUs and memory nodes it may use, cpuset(7).
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

using kernel::cgroup::Controller;

}  // namespace

const Option kCpusetCpus{
    .flag = {"cpuset-cpus",
             0,
             Arity::Value,
             "LIST",
             "The CPUs it may run on, such as 0-3,7",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY(check_list(value, "cpuset-cpus"));
      request.container.resources.cpuset_cpus = value;
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      if (container.resources.cpuset_cpus.empty()) return {};
      TRY(builder.need_controller(Controller::Cpuset, "--cpuset-cpus"));
      builder.cpu().cpus = container.resources.cpuset_cpus;
      return {};
    },
};

const Option kCpusetMems{
    .flag =
        {"cpuset-mems", 0, Arity::Value, "LIST", "The memory nodes it may use", Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY(check_list(value, "cpuset-mems"));
      request.container.resources.cpuset_mems = value;
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      if (container.resources.cpuset_mems.empty()) return {};
      TRY(builder.need_controller(Controller::Cpuset, "--cpuset-mems"));
      builder.cpu().mems = container.resources.cpuset_mems;
      return {};
    },
};

}  // namespace isle::options
